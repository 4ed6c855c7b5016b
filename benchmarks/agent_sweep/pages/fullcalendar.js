import { Calendar } from "@fullcalendar/core";
import dayGrid from "@fullcalendar/daygrid";
import interaction from "@fullcalendar/interaction";
root.innerHTML = '<div id=c style="width:800px"></div><p id=o></p>';
new Calendar(c, { plugins: [dayGrid, interaction], headerToolbar: { left: "prev,next", center: "title", right: "dayGridMonth,dayGridWeek,dayGridDay" }, selectable: true, dateClick: ({ dateStr }) => (o.textContent = dateStr), eventClick: ({ event }) => (o.textContent = event.title + Math.random()), events: [{ title: "Meeting", date: new Date() }] }).render();
