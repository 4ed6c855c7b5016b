import L from "leaflet";
import "leaflet/dist/leaflet.css";
root.innerHTML = '<div id=m style="width:600px;height:400px;background:#cde"></div>';
const map = L.map(m).setView([50.77, 6.08], 12);
const icon = L.divIcon({ html: "●", className: "pin" });
for (const [lat, lng] of [[50.77, 6.05], [50.79, 6.1], [50.75, 6.12]]) L.marker([lat, lng], { icon }).addTo(map).bindPopup("Here");
L.control.layers({ One: L.layerGroup(), Two: L.layerGroup() }, { Circles: L.layerGroup([L.circle([50.77, 6.08], 900)]) }, { collapsed: false }).addTo(map);
