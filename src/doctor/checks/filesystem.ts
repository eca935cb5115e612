import { good, skipped, type Check } from "../../core/results/checkup.js";
import type { Filesystem } from "../../core/policy/filesystem.js";
import { formatSize } from "../../core/text/size.js";
import { describeError } from "../../core/text/failure.js";
import type { ImagesPlace } from "../../run/observe/locate-images.js";
import type { MeasureFilesystem } from "../../run/remove/free-space.js";

/** Where the images lie, which percentages and free space go by. A limit that needs it and has it not is refused elsewhere. */
export async function checkFilesystem(place: ImagesPlace, measure: MeasureFilesystem): Promise<Check> {
  if (place.kind === "unknown") return unmeasured(place.reason);
  try {
    return good("filesystem", described(place.path, await measure(place.path)));
  } catch (error) {
    return unmeasured(`${place.path} cannot be measured: ${describeError(error)}`);
  }
}

function described(path: string, { freeBytes, totalBytes }: Filesystem): string {
  return `the images are in ${path}, with ${formatSize(freeBytes)} of ${formatSize(totalBytes)} free`;
}

function unmeasured(reason: string): Check {
  return skipped("filesystem", `limits in percent or of free space cannot be used: ${reason}`);
}
