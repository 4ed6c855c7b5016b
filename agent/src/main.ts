/** The script that the tag loads. */
import { start } from "./agent";

start();
