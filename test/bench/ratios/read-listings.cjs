// The least that can be done with an engine's listings: to read and parse them. Argument: the engine's socket.
const { get } = require("node:http");

const socketPath = process.argv[2];

function read(path) {
  return new Promise((resolve, reject) => {
    get({ socketPath, path }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString("utf8"))));
      response.on("error", reject);
    }).on("error", reject);
  });
}

void read("/images/json?all=1").then(() => read("/containers/json?all=1"));
