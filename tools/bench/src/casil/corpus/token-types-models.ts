const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

/** Makers and hosts of language models, and the tools around them: kind, value, usual name. */
export const modelAndToolTokens: readonly (readonly [string, string, string])[] = [
  ['openai-legacy-key', 'sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}', 'OPENAI_API_KEY'],
  ['openai-project-key', 'sk-proj-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}', 'OPENAI_API_KEY'],
  ['openai-service-key', 'sk-svcacct-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}', 'OPENAI_API_KEY'],
  ['anthropic-key', 'sk-ant-api03-[A-Za-z0-9_-]{93}AA', 'ANTHROPIC_API_KEY'],
  ['anthropic-admin-key', 'sk-ant-admin01-[A-Za-z0-9_-]{93}AA', 'ANTHROPIC_ADMIN_KEY'],
  ['huggingface-token', 'hf_[A-Za-z]{34}', 'HF_TOKEN'],
  ['groq-key', 'gsk_[A-Za-z0-9]{52}', 'GROQ_API_KEY'],
  ['replicate-token', 'r8_[A-Za-z0-9]{37}', 'REPLICATE_API_TOKEN'],
  ['perplexity-key', 'pplx-[A-Za-z0-9]{48}', 'PERPLEXITY_API_KEY'],
  ['xai-key', 'xai-[A-Za-z0-9]{80}', 'XAI_API_KEY'],
  ['openrouter-key', 'sk-or-v1-[0-9a-f]{64}', 'OPENROUTER_API_KEY'],
  ['langsmith-key', 'lsv2_pt_[0-9a-f]{32}_[0-9a-f]{10}', 'LANGSMITH_API_KEY'],
  ['langfuse-key', `sk-lf-${uuid}`, 'LANGFUSE_SECRET_KEY'],
  ['pinecone-key', 'pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}', 'PINECONE_API_KEY'],
  ['tavily-key', 'tvly-[A-Za-z0-9]{32}', 'TAVILY_API_KEY'],
  ['nvidia-key', 'nvapi-[A-Za-z0-9_-]{64}', 'NVIDIA_API_KEY'],
  ['jina-key', 'jina_[0-9a-f]{32}[A-Za-z0-9_-]{28}', 'JINA_API_KEY'],
  ['e2b-key', 'e2b_[0-9a-f]{40}', 'E2B_API_KEY'],
  ['deepseek-key', 'sk-[0-9a-f]{32}', 'DEEPSEEK_API_KEY'],
];
