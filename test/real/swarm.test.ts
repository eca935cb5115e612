import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { imageNamed, spawnJson } from "../support/run-json.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;

function shop(image: string): object {
  const ContainerSpec = { Image: image, Command: ["/bin/busybox", "sleep", "600"] };
  // Scaled to nothing: no container shows that the service needs its image.
  return { Name: "shop", TaskTemplate: { ContainerSpec }, Mode: { Replicated: { Replicas: 0 } } };
}

describeWithRealEngine("Swarm services on a real engine", (engine) => {
  beforeEach(() => engine().client.removeAll());
  afterEach(async () => {
    await engine().client.request("POST", "/swarm/leave?force=1");
  });

  it("keep the image that a service names, and the one that a rollback would go back to", async () => {
    const { client, host } = engine();
    for (const name of ["shop:1", "shop:2", "other:1"]) await client.loadImage({ name, layers: [small] });
    const started = await client.request("POST", "/swarm/init", {
      ListenAddr: "127.0.0.1:0",
      AdvertiseAddr: "127.0.0.1",
    });
    expect(started.status, started.text).toBe(200);
    const created = await client.request("POST", "/services/create", shop("shop:1"));
    expect(created.status, created.text).toBe(201);
    const { ID } = JSON.parse(created.text) as { ID: string };
    const { Version } = JSON.parse((await client.request("GET", `/services/${ID}`)).text) as {
      Version: { Index: number };
    };
    const path = `/services/${ID}/update?version=${Version.Index}`;
    expect((await client.request("POST", path, shop("shop:2"))).status).toBe(200);

    const report = await spawnJson(
      ["--max-age", "off", "--quota", "1K", "--grace", "0s", "--keep-recent", "0"],
      { host },
    );

    for (const name of ["shop:1", "shop:2"]) {
      expect(imageNamed(report, name)).toMatchObject({ verdict: "keep", inUseBy: ["service:shop"] });
    }
    expect(imageNamed(report, "other:1")).toMatchObject({ outcome: "removed" });
  });
});
