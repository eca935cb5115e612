/** The page's only style: light or dark as the reader's system is. */
export const style = `
:root { color-scheme: light dark; --back: #fff; --fore: #1b1f24; --faint: #59636e; --edge: #d1d9e0; --panel: #f6f8fa;
  --there: #9fb3c8; --used: #0969da; --gone: #cf222e; --limit: #9a6700; --seen: #1a7f37; --unseen: #d1d9e0; --focus: #0969da; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --fore: #e6edf3; --faint: #9198a1; --edge: #3d444d;
  --panel: #151b23; --there: #4a5f75; --used: #58a6ff; --gone: #f85149; --limit: #d29922; --seen: #3fb950; --unseen: #3d444d;
  --focus: #58a6ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem 1.25rem 4rem; background: var(--back); color: var(--fore);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
p { margin: 0.25rem 0; color: var(--faint); } p.lead { color: var(--fore); }
a { color: var(--used); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.search { position: sticky; top: 0; z-index: 1; background: var(--back); border-bottom: 1px solid var(--edge);
  padding: 0.5rem 0; display: flex; gap: 0.75rem; align-items: center; flex-wrap: wrap; }
.search input { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--edge); border-radius: 6px;
  padding: 0.3rem 0.6rem; width: 22rem; max-width: 100%; }
svg { display: block; width: 100%; }
.axis { display: flex; justify-content: space-between; gap: 1rem; font-size: 0.85rem; }
.chart { height: 220px; border-bottom: 1px solid var(--edge); border-left: 1px solid var(--edge); }
.strip { height: 20px; } .life { height: 16px; }
.area { fill: var(--used); opacity: 0.18; } .line, .limit { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
.line { stroke: var(--used); } .limit { stroke: var(--limit); stroke-dasharray: 6 4; }
.seen { fill: var(--seen); } .unseen { fill: var(--unseen); }
.there { fill: var(--there); } .used { fill: var(--used); } .gone { fill: var(--gone); }
.key { display: flex; gap: 1.25rem; flex-wrap: wrap; padding: 0; margin: 0.25rem 0; list-style: none; color: var(--faint); }
.key li::before { content: ""; display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; background: var(--there); }
.key .is-used::before { background: var(--used); } .key .is-gone::before { background: var(--gone); }
.key .is-limit::before { background: var(--limit); }
.areas { position: relative; height: 22rem; padding: 0; margin: 0; list-style: none; }
.areas li { position: absolute; overflow: hidden; border: 1px solid var(--back); padding: 0.2rem 0.4rem; font-size: 0.85rem;
  line-height: 1.25; color: #fff; overflow-wrap: anywhere; }
.hue0 { background: #1f5fa8; } .hue1 { background: #1a6b3c; } .hue2 { background: #7a4a9e; }
.hue3 { background: #8a4b12; } .hue4 { background: #0f6a73; } .hue5 { background: #97304f; }
.lives { padding: 0; margin: 0; list-style: none; }
.lives li { border-top: 1px solid var(--edge); }
summary { display: grid; grid-template-columns: minmax(8rem, 18rem) 1fr; gap: 0.75rem; align-items: center; padding: 0.2rem 0;
  cursor: pointer; }
summary .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lives .is-gone .name { color: var(--faint); }
details p { padding: 0 0 0.4rem 1rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.25rem 0.75rem 0.25rem 0; border-top: 1px solid var(--edge); vertical-align: top; }
td.size { text-align: right; white-space: nowrap; } td.time { white-space: nowrap; } td.name { overflow-wrap: anywhere; min-width: 12rem; }
[hidden] { display: none !important; }
@media (max-width: 40rem) { summary { grid-template-columns: 1fr; } }
`;
