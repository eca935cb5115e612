import type { EngineEvent } from "../../../../../src/core/uses/event.js";
import type { Container, Image, ImageId, Service } from "../../../../../src/core/image/image.js";
import type { HistoryEntry } from "../../../../../src/core/layers/layer-sizes.js";
import type {
  Engine,
  EngineDescription,
  ImageAnswer,
  ImageDetails,
  EngineNames,
  RemovalAnswer,
} from "../../../../../src/engine/port.js";

/** What the program makes of all that an engine says. */
export interface Found {
  readonly description: EngineDescription;
  readonly images: readonly Image[];
  readonly containers: readonly (Container & { readonly inspected: string | null })[];
  /** Null for who is no manager of a swarm. */
  readonly services: readonly Service[] | null;
  readonly events: readonly EngineEvent[];
  readonly inspections: ReadonlyMap<ImageId, Inspection>;
  readonly imageBytes: number;
  readonly unknownName: ImageAnswer<EngineNames>;
  readonly removals: Readonly<Record<"inUse" | "twoNames" | "oneOfTwo" | "lastName" | "gone", RemovalAnswer>>;
}

export interface Inspection {
  readonly names: ImageAnswer<EngineNames>;
  readonly details: ImageAnswer<ImageDetails>;
  readonly history: ImageAnswer<readonly HistoryEntry[]>;
}

/** Asks all that the program ever asks. Removes recorded/pair, and gives recorded/idle:1 another name. */
export async function askEverything(engine: Engine): Promise<Found> {
  const description = await engine.describe();
  const images = await engine.listImages();
  const containers = [];
  for (const container of await engine.listContainers())
    containers.push({ ...container, inspected: await engine.readTypedName(container.id) });
  const services = description.isSwarmManager ? await engine.listServices() : null;
  const events: EngineEvent[] = [];
  for await (const event of engine.readEvents(description.now(), null)) events.push(event);
  const inspections = new Map<ImageId, Inspection>();
  for (const { id } of images) {
    const names = await engine.inspectNames(id);
    const details = await engine.inspectDetails(id);
    inspections.set(id, { names, details, history: await engine.readHistory(id) });
  }
  const imageBytes = await engine.readImageBytes();
  const unknownName = await engine.inspectNames("recorded/none:1");
  const pair = called("recorded/pair:1", images);
  const [oneName = ""] = pair.tags;
  const removals = {
    inUse: await engine.remove(called("recorded/app:1", images).id),
    twoNames: await engine.remove(pair.id),
    oneOfTwo: await engine.remove(oneName),
    lastName: await engine.remove(pair.id),
    gone: await engine.remove(pair.id),
  };
  await engine.tag(called("recorded/idle:1", images).id, "recorded/again:1");
  const asked = { description, images, containers, services, events, inspections };
  return { ...asked, imageBytes, unknownName, removals };
}

/** Podman puts `localhost/` in front. */
function called(name: string, images: readonly Image[]): Image {
  const image = images.find(({ tags }) => tags.some((tag) => tag.endsWith(name)));
  if (image === undefined) throw new Error(`The engine has no ${name}.`);
  return image;
}
