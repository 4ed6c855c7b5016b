// Node's own http server with JSON.parse of the body.
require("http")
  .createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      JSON.parse(Buffer.concat(chunks).toString());
      response.writeHead(204).end();
    });
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
