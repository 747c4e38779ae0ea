// Reads a JSON list of LaTeX strings from standard input; prints a JSON list of [string, error] of those that KaTeX refuses.
const katex = require(process.env.GDSYM_KATEX || "katex");
const strings = JSON.parse(require("fs").readFileSync(0, "utf8"));
const refused = [];
for (const tex of strings) {
  try {
    katex.renderToString(tex, { strict: "error", throwOnError: true, displayMode: true, trust: false });
  } catch (error) {
    refused.push([tex, String(error.message).slice(0, 200)]);
  }
}
console.log(JSON.stringify(refused));
