import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineRecord, ImageRecord } from "../../../src/core/uses/checkpoint.js";
import { emptyRecord } from "../../../src/core/uses/checkpoint.js";
import type { RemovalEntry } from "../../../src/core/results/history.js";
import { toImageId, type ImageId } from "../../../src/core/image/image.js";
import {
  emptyLayerRecord,
  nextLayerRecord,
  type LayerDetails,
  type LayerRecord,
} from "../../../src/core/layers/layer-record.js";
import { namesIn } from "../../../src/core/image/name-index.js";
import { openLedger } from "../../../src/ledger/sqlite-ledger.js";
import type { Row } from "./row.js";

const minute = 60_000;
const day = 24 * 60 * minute;
const between = 5 * minute;
const days = Number(process.env["BENCH_DAYS"] ?? "365");
const historyAge = 90 * day;
const present = 1_000;
const removalsPerDay = 100;
const layersPerImage = 10;
const mostMB = 50;

/**
 * How large a ledger becomes: a run every 5 minutes with 1,000 images, of which 100 a day go and are replaced, each
 * used once a day. The same calls that a run makes, on a real file, with made-up records.
 */
export function measureYear(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-bench-"));
  const path = join(folder, "ledger.db");
  const life = new Life();
  let ledger = openLedger(path);
  const runs = Math.round((days * day) / between);
  let now = Date.UTC(2026, 0, 1);
  for (let run = 0; run < runs; run += 1) {
    const at = (now += between);
    const removals = life.live(at);
    ledger.forgetHistoryBefore(at - historyAge, engine);
    const observation = { from: at - between, to: at, events: 40, gap: null, observedMs: at };
    ledger.save(engine, life.record(at), {
      startedAt: at,
      finishedAt: at + 900,
      exitCode: 0,
      observation,
      removals,
    });
    // A run ends with the ledger closed; once a day is enough for the size.
    if (run % 288 !== 287) continue;
    ledger.close();
    ledger = openLedger(path);
  }
  ledger.close();
  const megabytes = statSync(path).size / 1e6;
  rmSync(folder, { recursive: true });
  return Promise.resolve([
    {
      work: `ledger after ${days} days of runs every 5 minutes, 1,000 images, 100 removals a day (simulated)`,
      against: "",
      figure: `${megabytes.toFixed(1)} MB`,
      measured: `${runs.toLocaleString("en")} runs`,
      engine: "",
      atMost: `${mostMB} MB`,
      isReached: megabytes <= mostMB,
    },
  ]);
}

const engine = { key: "ABCD overlay2 /var/lib/docker" };

/** Images that come, are used and go. */
class Life {
  readonly #images = new Map<ImageId, ImageRecord>();
  #layers: LayerRecord = emptyLayerRecord;
  #serial = 0;
  #runs = 0;

  constructor() {
    const learned = new Map(Array.from({ length: present }, () => this.#add(0)));
    this.#layers = nextLayerRecord(emptyLayerRecord, learned, this.#images);
  }

  /** One stretch between two runs; what its run removes. */
  live(at: number): RemovalEntry[] {
    this.#runs += 1;
    const runsPerDay = day / between;
    const oldest = [...this.#images.keys()];
    for (const id of oldest.filter((_, index) => index % runsPerDay === this.#runs % runsPerDay)) {
      const image = this.#images.get(id);
      if (image !== undefined)
        this.#images.set(id, {
          ...image,
          lastUsedAt: at,
          lastUseKind: "container-end",
          observedMsAtLastUse: at,
          awakeMsAtLastUse: at,
          awakeMsAtFirstSight: at,
        });
    }
    const due = Math.floor((this.#runs * removalsPerDay) / runsPerDay);
    const before = Math.floor(((this.#runs - 1) * removalsPerDay) / runsPerDay);
    const going = oldest.slice(0, due - before);
    for (const id of going) this.#images.delete(id);
    const learned = new Map(going.map(() => this.#add(at)));
    this.#layers = nextLayerRecord(this.#layers, learned, this.#images);
    return going.map((imageId) => ({
      at,
      imageId,
      names: [`registry.example/team/app:${imageId.slice(7, 19)}`],
      freedBytes: 123_456_789,
      reasons: ["age"],
      outcome: "removed",
      detail: null,
      returned: null,
    }));
  }

  record(at: number): EngineRecord {
    const steady = { bootId: "5e1f", elapsedMs: at };
    const anchor = {
      timeNano: BigInt(at) * 1_000_000n,
      type: "container",
      action: "die",
      actorId: digest(`c ${at}`),
    };
    return {
      ...emptyRecord,
      checkpoint: { at, anchor, observedMs: at, awakeMs: at, steady },
      images: new Map(this.#images),
      names: namesIn(this.#images),
      layers: this.#layers,
    };
  }

  /** Answers with what is to be learned of it. */
  #add(at: number): readonly [ImageId, LayerDetails] {
    const number = (this.#serial += 1);
    const id = toImageId(digest(`image ${number}`));
    if (id === null) throw new Error("a digest is an ID");
    const name = `registry.example/team/app:${number}`;
    this.#images.set(id, {
      firstSeenAt: at,
      lastUsedAt: at,
      lastUseKind: "pull",
      lastUseBy: `name:${name}`,
      observedMsAtLastUse: at,
      awakeMsAtLastUse: at,
      awakeMsAtFirstSight: at,
      inRegistry: true,
      wasTagged: true,
      lastTags: "",
      manifests: "",
      names: name,
    });
    // The lower half is shared with nine others.
    const diffIds = Array.from({ length: layersPerImage }, (_, layer) =>
      digest(
        `${layer < layersPerImage / 2 ? `base ${Math.floor(number / 10)}` : `image ${number}`}, layer ${layer}`,
      ),
    );
    const history = diffIds.map(() => ({ bytes: 12_345_678, createdBy: "RUN make" }));
    return [id, { diffIds, history, sumBytes: null, taggedAt: null, content: null }];
  }
}

function digest(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
