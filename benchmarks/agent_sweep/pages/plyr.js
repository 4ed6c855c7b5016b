import Plyr from "plyr";
import "plyr/dist/plyr.css";
root.innerHTML = '<audio id=v controls src=/sound.wav></audio>';
new Plyr(v, { controls: ["restart", "rewind", "play", "fast-forward", "progress", "current-time", "mute", "volume", "settings"], iconUrl: "/icons.svg", blankVideo: "" });
