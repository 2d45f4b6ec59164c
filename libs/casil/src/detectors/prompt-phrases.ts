/** The words of `prompt-injection`, lower case. Words for one language; a text in another is not judged. */
export const promptPhrases = {
  /** Tokens of chat templates and headings that only a prompt has. */
  chatMarks: [
    '<|im_start|>', '<|im_end|>', '<|start_header_id|>', '<|eot_id|>', '<|begin_of_text|>', '<|endoftext|>', '<|system|>', '<<sys>>', '[/inst]', '<start_of_turn>', 'begin system prompt',
    'begin system message', 'do anything now', 'developer mode enabled',
  ],
  /** What a text tells to do with what was said before. */
  overrideVerbs: ['ignore ', 'disregard ', 'forget ', 'override ', 'bypass '],
  priorWords: ['previous', 'prior', 'above', 'earlier', 'preceding', 'foregoing', 'before'],
  wideWords: ['all', 'any', 'your', 'every', 'system', 'safety', 'initial', 'original', 'these', 'those'],
  /** What was said: these are words for a prompt also without `previous`. */
  instructionWords: ['instruction', 'prompt', 'guideline', 'directive'],
  ruleWords: ['rule', 'direction', 'command', 'constraint', 'polic', 'message', 'context', 'text', 'training', 'order'],
  /** What must stay hidden. */
  promptNames: ['system prompt', 'your instructions', 'initial instructions', 'hidden instructions', 'original instructions', 'your initial prompt', 'the words above', 'the text above', 'your system message'],
  revealWords: ['reveal', 'print', 'repeat', 'show', 'output', 'display', 'leak', 'tell me', 'give me', 'disclose', 'what is', 'what are', 'write out', 'summarize', 'recite'],
  /** Common in such texts and common elsewhere. */
  weakPhrases: [
    'you are now', 'from now on you', 'pretend to be', 'pretend you are', 'roleplay as', 'new instructions:', 'no restrictions', 'without any restrictions', 'unfiltered', 'jailbreak', 'stay in character',
    'do not refuse', 'never refuse', 'do not tell the user', 'without telling the user', 'end of prompt', 'admin override', 'dan mode', 'act as an unrestricted', 'no ethical', 'no longer bound',
    '### instruction', '### system', '[inst]', 'system:', 'assistant:', 'you must obey', 'send the conversation', 'forward all', 'exfiltrate', 'hypothetical response',
  ],
} as const;
