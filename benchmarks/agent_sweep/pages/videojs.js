import videojs from "video.js";
import "video.js/dist/video-js.css";
root.innerHTML = '<video id=v class=video-js controls width=480 height=270 src=/sound.wav></video>';
videojs(v, { playbackRates: [0.5, 1, 2] });
