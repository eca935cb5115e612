// Bare loops of engine calls. Arguments: the engine's socket, how many at once, the method; paths on standard input.
const { Agent, request } = require("node:http");
const { readFileSync } = require("node:fs");

const [socketPath, atOnce, method] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(atOnce) });
const paths = readFileSync(0, "utf8").split("\n").filter(Boolean).reverse();

function ask(path) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, agent, method, path }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
        else reject(new Error(`${path}: ${response.statusCode}`));
      });
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

async function work() {
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) await ask(path);
}

void Promise.all(Array.from({ length: Number(atOnce) }, work)).then(() => agent.destroy());
