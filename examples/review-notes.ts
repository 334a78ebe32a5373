// Reads notes through the filesystem server, asks the model about each, and returns a summary.
const root = (await callMCPTool('mcp__filesystem__list_allowed_directories')).split('\n').at(-1) as string;
const listing: string = await callMCPTool('mcp__filesystem__list_directory', { path: root });
const files = listing.split('\n').filter((line) => line.startsWith('[FILE]')).map((line) => line.slice(7));

interface Note {
  file: string;
  answer: string;
}

const notes: Note[] = [];
for (const file of files) {
  const text: string = await callMCPTool('mcp__filesystem__read_text_file', { path: `${root}/${file}` });
  const answer = await llm.ask(`What should be done about this note?\n\n${text}`, { maxTokens: 200 });
  console.log(`${file}: ${answer}`);
  notes.push({ file, answer });
}

const { rounds, tokens } = llm.budget();
console.log(`${notes.length} notes reviewed; ${rounds} model calls and ${tokens} tokens are left.`);
export default { files: notes.map(({ file }) => file), redacted: notes.some(({ answer }) => answer.includes('[REDACTED')) };
