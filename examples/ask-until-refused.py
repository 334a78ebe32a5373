# Reads a note through the filesystem server, then asks the model in a loop that never ends by itself.
allowed = await call_mcp_tool('mcp__filesystem__list_allowed_directories')
root = allowed.splitlines()[-1]
note = await call_mcp_tool('mcp__filesystem__read_text_file', {'path': f'{root}/standup.md'})

answers = []
try:
    while True:
        answers.append(await llm.ask(f'Question {len(answers) + 1} about this note:\n{note}', max_tokens=100))
except RuntimeError as error:
    print(f'Stopped after {len(answers)} answers: {error}')
    print('What is left:', error.quota_remaining)

print('First answer:', answers[0].splitlines()[0])
len(answers)
