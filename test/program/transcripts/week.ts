import { hour, minute, PracticeHost } from "./host.js";

/**
 * A build host after a week: images were pulled, used by containers and by jobs, replaced and left behind, and docker-gc
 * ran every evening. It is Monday again, 10:20.
 */
export async function weekOfBuilds(): Promise<PracticeHost> {
  const host = await PracticeHost.start();
  const { engine } = host;
  const pulled = { "postgres:16": 440, "node:20": 1100, "redis:7": 120, "python:3": 150 };
  const further = { "shop/web:1": 300, "alpine:3": 8, "mysql:8": 620 };
  for (const [name, megabytes] of Object.entries({ ...pulled, ...further })) engine.pull({ name, megabytes });
  engine.load({ name: "vendor/scanner:3", megabytes: 780 });
  engine.startContainer(engine.createContainer("postgres:16", { name: "db" }));
  engine.startContainer(engine.createContainer("shop/web:1", { name: "web" }));
  const ended = engine.createContainer("python:3", { name: "import" });
  engine.startContainer(ended);
  engine.endContainer(ended);
  host.wait(30 * minute);
  await host.command([]);
  for (let day = 0; day < 7; day += 1) await liveThrough(day, host);
  host.waitUntil(7, 10);
  // So that no figure is at the edge of the next one.
  host.wait(20.5 * minute);
  return host;
}

async function liveThrough(day: number, host: PracticeHost): Promise<void> {
  const { engine } = host;
  host.waitUntil(day, 12);
  runJob(host, "node:20", "test", 10.5 * minute);
  if (day === 0) runJob(host, "alpine:3", "check", minute);
  if (day === 2) {
    engine.pull({ name: "shop/web:2", megabytes: 310 });
    engine.stopContainer("web");
    engine.removeContainer("web");
    engine.startContainer(engine.createContainer("shop/web:2", { name: "web" }));
  }
  if (day === 4) runJob(host, "mysql:8", "try", hour);
  host.waitUntil(day, 20);
  await host.command(["--quiet"]);
}

/** `docker run --rm` */
function runJob(host: PracticeHost, image: string, name: string, milliseconds: number): void {
  const { engine } = host;
  const container = engine.createContainer(image, { name, autoRemove: true });
  engine.startContainer(container);
  host.wait(milliseconds);
  engine.endContainer(container);
}
