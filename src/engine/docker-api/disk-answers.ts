import { toImageId } from "../../core/image/image.js";
import type { DiskAccount, DiskKind, EndedContainer } from "../../core/results/disk.js";
import { asArray, asObject, type Json, objectIn, optionalTextIn } from "../transport/fields.js";

/** How `GET /system/df?type=` calls it, and where the answer has it. */
export const diskTypes: Readonly<Record<DiskKind, { readonly type: string; readonly field: string }>> = {
  containers: { type: "container", field: "Containers" },
  volumes: { type: "volume", field: "Volumes" },
  "build-cache": { type: "build-cache", field: "BuildCache" },
};

/** One of a kind. Of what is shared with others the bytes count there. */
interface Item {
  readonly bytes: number;
  readonly isUsed: boolean;
  readonly ended: readonly EndedContainer[];
}

/** The engine leaves out what is 0, and says -1 where it does not know. Null for a kind that the answer leaves out. */
export function parseDiskAccount(answer: unknown, kind: DiskKind): DiskAccount | null {
  const { field } = diskTypes[kind];
  const list = asObject(answer, "usage")[field];
  // Newer than API 1.51, an engine may report it elsewhere.
  if (list === undefined) return null;
  const items = asArray(list ?? [], `usage.${field}`).map((item) =>
    readers[kind](asObject(item, `usage.${field}`), `usage.${field}`),
  );
  const unused = items.filter(({ isUsed }) => !isUsed);
  return {
    count: items.length,
    bytes: bytesOf(items),
    unusedCount: unused.length,
    unusedBytes: bytesOf(unused),
    ended: items.flatMap(({ ended }) => ended),
  };
}

function bytesOf(items: readonly Item[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}

const readers: Readonly<Record<DiskKind, (item: Json, where: string) => Item>> = {
  containers: (item, where) => {
    const state = optionalTextIn(item, "State", where);
    const isUsed = !["created", "exited", "dead"].includes(state);
    const createdAt = countIn(item["Created"]) * 1000;
    const imageId = toImageId(optionalTextIn(item, "ImageID", where));
    return { bytes: countIn(item["SizeRw"]), isUsed, ended: isUsed ? [] : [{ imageId, createdAt }] };
  },
  volumes: (item, where) => {
    const usage = objectIn(item, "UsageData", where);
    return { bytes: countIn(usage["Size"]), isUsed: usage["RefCount"] !== 0, ended: [] };
  },
  "build-cache": (item) => {
    const isShared = item["Shared"] === true;
    return {
      bytes: isShared ? 0 : countIn(item["Size"]),
      isUsed: item["InUse"] === true || isShared,
      ended: [],
    };
  },
};

function countIn(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}
