import type { Socket } from "node:net";
import type { Random } from "../random.js";
import type { Asked } from "./hostile-engine.js";

/** What a hostile engine does in place of an answer; `canary` is an address that nobody may ask. */
export type Act = (asked: Asked, random: Random, canary: string) => void;

const head = "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\n";
const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`;
const mebi = 1024 * 1024;

const redirect: Act = ({ socket }, random, canary) => {
  const location = random.pick([
    canary,
    `${canary}/info`,
    canary.replace("http:", ""),
    "/info",
    "file:///etc/passwd",
    "//[::1",
    "%",
  ]);
  const status = random.pick([300, 301, 302, 303, 305, 307, 308]);
  socket.write(`HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
};

/** Of these, an endless answer is made. */
const units = [
  "x",
  "[",
  "{},",
  "[],",
  '{"a":',
  '"a",',
  "1,",
  " ",
  "\n",
  "\\",
  '{"Type":"a","Action":"b","timeNano":1}\n',
];

const flood: Act = ({ socket, path }, random) => {
  const { start, unit } = floodOf(path, random);
  socket.write(random.pick([`${head}\r\n`, `${head}Content-Length: 9999999999999\r\n\r\n`]));
  socket.write(start);
  pour(socket, Buffer.from(unit.repeat(Math.ceil(65536 / unit.length))));
};

function floodOf(path: string, random: Random): { start: string; unit: string } {
  const id = "0123456789abcdef".repeat(4);
  const image = `{"Id":"sha256:${id}","Size":1,"RepoTags":["a:1"]}`;
  const container = `{"Id":"${id}","Names":["/a"],"ImageID":"sha256:${id}","State":"x"}`;
  const event = `{"Type":"container","Action":"die","Actor":{"ID":"${id}","Attributes":{"image":"a","name":"b"}},"timeNano":1}\n`;
  const fitting: Readonly<Record<string, string>> = { "/images/json": image, "/containers/json": container };
  const element = fitting[path];
  if (element !== undefined && random.chance(0.5)) return { start: "[", unit: `${element},` };
  if (path === "/events" && random.chance(0.5)) return { start: "", unit: event };
  return { start: random.pick(["", "[", '{"message":"', "{"]), unit: random.pick(units) };
}

/** As fast as it is taken, until nobody takes it any more. */
function pour(socket: Socket, piece: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();
}

const stall: Act = ({ socket, honest }, random) => {
  const cut = random.pick([
    0,
    1,
    20,
    honest.indexOf("\r\n\r\n") + 4,
    Math.floor(honest.length / 2),
    honest.length - 1,
  ]);
  socket.write(honest.subarray(0, cut));
  if (!random.chance(0.5)) return;
  const timer = setInterval(() => socket.write(honest.subarray(cut, cut + 1)), 50);
  socket.on("close", () => clearInterval(timer));
};

const nest: Act = ({ socket, path }, random) => {
  const depth = random.pick([65, 10_000, 60_000, 300_000]);
  const [open, close] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
    ['[{"Id":', "}]"],
  ] as const);
  const value = `${open.repeat(depth)}1${close.repeat(depth)}`;
  const body = random.pick([
    value,
    `[${value}]`,
    `{"ID":${value}}`,
    `[{"Id":${value}}]`,
    `{"message":${value}}`,
    `{"Type":${value},"Action":"a","timeNano":1}`,
  ]);
  const status = random.pick([200, 200, 404, 409, 500]);
  if (path !== "")
    socket.write(
      `HTTP/1.1 ${status} X\r\nApi-Version: 1.45\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
};

const lieAboutSize: Act = ({ socket, honest }, random) => {
  const body = honest.subarray(honest.indexOf("\r\n\r\n") + 4);
  const lengths = random.pick([
    `Content-Length: ${body.length + 10}`,
    `Content-Length: ${Math.max(0, body.length - 10)}`,
    "Content-Length: -1",
    "Content-Length: 0",
    "Content-Length: 99999999999999999999",
    "Content-Length: banana",
    `Content-Length: ${body.length}\r\nContent-Length: 1`,
    `Content-Length: ${body.length}\r\nTransfer-Encoding: chunked`,
  ]);
  socket.write(`${head}${lengths}\r\n\r\n`);
  socket.write(body);
  if (random.chance(0.5)) socket.end();
};

const badHead: Act = ({ socket }, random) => {
  const bad = random.pick<() => string>([
    () => `${head}X: ${"a".repeat(100_000)}\r\n\r\n`,
    () => `${head}${"X: a\r\n".repeat(20_000)}\r\n`,
    () => `${head}X\0Y: \x01\r\n\r\n`,
    () => "banana\r\n\r\n",
    () => "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
    () => "HTTP/1.1 -1 X\r\n\r\n",
    () => "HTTP/9.9 200 OK\r\n\r\n",
    () => "HTTP/1.1 101 Switching\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\nhello",
    () => "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000),
    () => "HTTP/1.1 204 No\r\n\r\n",
    () => `HTTP/1.1 200 OK\r\nApi-Version: ${"9".repeat(5000)}\r\nContent-Length: 2\r\n\r\nOK`,
    () => "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nConnection: close\r\n\r\n",
    () => "220 mail.example ESMTP\r\n",
    () => "\r\n\r\n\r\n",
  ])();
  socket.write(Buffer.from(bad, "latin1"));
  if (random.chance(0.5)) socket.end();
};

const badChunks: Act = ({ socket, honest }, random) => {
  const body = honest.subarray(honest.indexOf("\r\n\r\n") + 4).toString();
  socket.write(chunked);
  const bad = random.pick<() => string>([
    () => `zz\r\n${body}\r\n`,
    () => `ffffffffffffffffff\r\n${body}`,
    () => `-5\r\n${body}\r\n0\r\n\r\n`,
    () => `${(body.length + 5).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    () => `${body.length.toString(16)};${"e".repeat(200_000)}\r\n${body}\r\n0\r\n\r\n`,
    () => `${body.length.toString(16)}\r\n${body}`,
    () => `${body.length.toString(16)}\r\n${body}\r\n0\r\n${"T: x\r\n".repeat(20_000)}\r\n`,
    () => body.replace(/[^]/gu, "1\r\n$&\r\n") + "0\r\n\r\n",
  ])();
  socket.write(bad);
  if (random.chance(0.5)) socket.end();
};

const breakOff: Act = ({ socket, honest }, random) => {
  socket.write(honest.subarray(0, random.below(honest.length)));
  if (random.chance(0.5)) socket.destroy();
  else socket.end();
};

/** What is of the right shape, and too long for anything. */
const longText: Act = ({ socket, honest }, random) => {
  const text = honest.subarray(honest.indexOf("\r\n\r\n") + 4).toString();
  const places = [...text.matchAll(/"(?:[a-zA-Z/][^"]*)"/g)];
  const place = places.length === 0 ? undefined : random.pick(places);
  const long = random.pick(["x", "é", "a/", "\\u202e", "a\\n"]).repeat(random.pick([600, 5000, mebi]));
  const [from, to] = place === undefined ? [0, 0] : [place.index + 1, place.index + place[0].length - 1];
  send(socket, `${text.slice(0, from)}${long}${text.slice(to)}`);
};

const wrongShape: Act = ({ socket }, random) => {
  const values = [
    "null",
    "[]",
    "{}",
    "1",
    '"x"',
    "[null]",
    "[{}]",
    '[{"Id":1}]',
    "true",
    "1e999",
    '{"__proto__":{"a":1}}',
    "",
    "[[]]",
  ];
  const status = random.pick([200, 200, 201, 204, 304, 400, 404, 409, 500, 503]);
  send(socket, random.pick(values), status);
};

function send(socket: Socket, body: string, status = 200): void {
  const content = Buffer.from(body);
  socket.write(`HTTP/1.1 ${status} X\r\nApi-Version: 1.45\r\nContent-Length: ${content.length}\r\n\r\n`);
  socket.write(content);
}

/** More than one answer to one question. */
const doubled: Act = ({ socket, honest }, random) => {
  for (let times = random.between(2, 5); times > 0; times -= 1) socket.write(honest);
};

export const acts = {
  redirects: redirect,
  floods: flood,
  stalls: stall,
  nests: nest,
  "lies about sizes": lieAboutSize,
  "bad headers": badHead,
  "bad chunks": badChunks,
  "breaks off": breakOff,
  "long texts": longText,
  "wrong shapes": wrongShape,
  "answers twice": doubled,
} satisfies Readonly<Record<string, Act>>;
