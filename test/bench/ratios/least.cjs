// The least there is of a quiet run: a lock, the two questions, a transaction in the ledger, by better-sqlite3 and node:http alone.
// node least.cjs SOCKET LEDGER
const http = require("node:http");
const Database = require("better-sqlite3");

const [socketPath, ledger] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });

function ask(path) {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece) => (text += piece));
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });
}

async function run() {
  const lock = new Database(`${ledger}.least`, { timeout: 0 });
  lock.exec("BEGIN EXCLUSIVE");
  JSON.parse(await ask("/info"));
  const events = await ask(`/events?since=0&until=${(Date.now() / 1000).toFixed(3)}`);
  events.split("\n").filter(Boolean).map(JSON.parse);
  const database = new Database(ledger);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.prepare("SELECT * FROM engine").get();
  database
    .transaction(() => database.prepare("UPDATE engine SET checkpoint_at = checkpoint_at").run())
    .immediate();
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
  lock.close();
  agent.destroy();
}

void run();
