import { describe, expect, it } from "vitest";
import type { Anchor } from "../../../../src/core/image/anchor.js";
import type { Container, ContainerId, Service } from "../../../../src/core/image/image.js";
import { createListing } from "../../../../src/core/image/listing.js";
import { emptyRecord } from "../../../../src/core/uses/checkpoint.js";
import type { EngineSession } from "../../../../src/run/observe/list.js";
import { CurrentHolders } from "../../../../src/run/remove/current-holders.js";
import { container, containerId, event, image, imageId } from "../../../support/values.js";

interface Scene {
  readonly eventBufferLimit?: number | null;
  readonly isSwarmManager?: boolean;
  /** What the plan's listing says, of which the event `upTo` was the last before it. */
  readonly listed?: readonly Container[];
}

const upTo: Anchor = event(100, "image", "tag", "app");

/** An engine with images app:1 and data:1, and the questions that it was asked. */
function sceneOf({ eventBufferLimit = 256, isSwarmManager = false, listed }: Scene = {}) {
  const asked: string[] = [];
  const containers: Container[] = [...(listed ?? [])];
  const services: Service[] = [];
  const broken = { isBroken: false };
  const engine = {
    listContainers: (only?: readonly ContainerId[]) => {
      if (broken.isBroken) return Promise.reject(new Error("broken"));
      asked.push(only === undefined ? "all containers" : `containers ${only.length}`);
      return Promise.resolve(containers.filter(({ id }) => only?.includes(id) ?? true));
    },
    listServices: () => {
      asked.push("services");
      return Promise.resolve(services);
    },
  };
  const session = { engine, description: { eventBufferLimit, isSwarmManager } } as unknown as EngineSession;
  const images = [image("app", { tags: ["app:1"] }), image("data", { tags: ["data:1"] })];
  const listing = createListing(images, listed ?? [], [], 0);
  const plannedFrom = {
    record: emptyRecord,
    listing: { ...listing, upTo: listed === undefined ? null : upTo },
  };
  const holders = new CurrentHolders(session, plannedFrom);
  let serial = 200;
  const create = (each: Partial<Container>): ContainerId => {
    const name = `c${(serial += 1)}`;
    const id = containerId(name);
    containers.push(container(name, each));
    holders.see(event(serial, "container", "create", id));
    return id;
  };
  return { holders, asked, create, services, broken };
}

describe("who holds images while they are removed", () => {
  it("is asked once, and is not asked again as long as nothing comes", async () => {
    const { holders, asked } = sceneOf();
    for (let times = 0; times < 3; times += 1) {
      holders.begin();
      await holders.catchUp();
      expect(holders.of(imageId("app"))).toBeNull();
    }
    expect(asked).toEqual(["all containers"]);
  });

  it.each<[string, Partial<Container>, string]>([
    ["a container", { imageId: imageId("app") }, "container:c201"],
    ["an image mount", { imageId: imageId("other"), imageMounts: ["app:1"] }, "mount:c201"],
  ])(
    "%s that is new is asked for alone, and once, also where its event is read again",
    async (_, how, by) => {
      const { holders, asked, create } = sceneOf();
      await holders.catchUp();
      const id = create(how);
      expect(holders.isBehind).toBe(true);
      await holders.catchUp();
      expect(holders.of(imageId("app"))).toBe(by);
      expect(holders.of(imageId("data"))).toBeNull();
      holders.see(event(201, "container", "create", id));
      holders.see(event(202, "container", "start", id));
      expect(holders.isBehind).toBe(false);
      expect(asked).toEqual(["all containers", "containers 1"]);
    },
  );

  it("is asked anew where more containers came than fit into a question", async () => {
    const { holders, asked, create } = sceneOf();
    await holders.catchUp();
    for (let times = 0; times < 33; times += 1) create({});
    await holders.catchUp();
    expect(asked).toEqual(["all containers", "all containers"]);
    expect(holders.isBehind).toBe(false);
  });

  it.each<[boolean, string[]]>([
    [true, ["all containers", "services", "services"]],
    [false, ["all containers"]],
  ])("is told by services after an event of one, on a manager: %s", async (isSwarmManager, expected) => {
    const { holders, asked, services } = sceneOf({ isSwarmManager });
    await holders.catchUp();
    services.push({ name: "shop", images: ["app:1"] });
    holders.see(event(1, "service", "create", "shop"));
    await holders.catchUp();
    // A reading begins with the last event of the one before.
    holders.see(event(1, "service", "create", "shop"));
    expect(holders.isBehind).toBe(false);
    expect(asked).toEqual(expected);
    expect(holders.of(imageId("app"))).toBe(isSwarmManager ? "service:shop" : null);
  });

  it("is asked of Podman before each image, whatever its log says", async () => {
    const { holders, asked } = sceneOf({ eventBufferLimit: null });
    for (let times = 0; times < 2; times += 1) {
      holders.begin();
      await holders.catchUp();
    }
    expect(asked).toEqual(["all containers", "all containers"]);
  });

  it("is what the plan's listing says where the events go back to it, and nobody is asked for all", async () => {
    const { holders, asked, create } = sceneOf({ listed: [container("web", { imageId: imageId("data") })] });
    await holders.catchUp();
    expect(holders.of(imageId("data"))).toBe("container:web");
    holders.see(event(99, "container", "create", containerId("old")));
    holders.see(event(100, "image", "tag", "app"));
    holders.see(event(101, "container", "create", containerId("web")));
    expect(holders.isBehind).toBe(false);
    create({ imageId: imageId("app") });
    await holders.catchUp();
    expect(holders.of(imageId("app"))).toBe("container:c201");
    expect(holders.of(imageId("data"))).toBe("container:web");
    expect(asked).toEqual(["containers 1"]);
  });

  it("is asked for all where the events since the plan's listing do not go back to it", async () => {
    const { holders, asked } = sceneOf({ listed: [] });
    await holders.catchUp();
    holders.see(event(101, "image", "tag", "app"));
    expect(holders.isBehind).toBe(true);
    await holders.catchUp();
    expect(asked).toEqual(["all containers"]);
    expect(holders.isBehind).toBe(false);
  });

  it("is asked for all where a buffer that it was to be proved by is empty", async () => {
    const { holders, asked } = sceneOf({ listed: [] });
    await holders.catchUp();
    expect(holders.isBehind).toBe(true);
    await holders.catchUp();
    expect(asked).toEqual(["all containers"]);
  });

  it("is not known as long as the question fails", async () => {
    const { holders, create, broken } = sceneOf();
    await holders.catchUp();
    create({ imageId: imageId("app") });
    broken.isBroken = true;
    await expect(holders.catchUp()).rejects.toThrow("broken");
    expect(holders.isBehind).toBe(true);
    broken.isBroken = false;
    await holders.catchUp();
    expect(holders.of(imageId("app"))).toBe("container:c201");
  });
});
