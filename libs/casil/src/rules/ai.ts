import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/**
 * Keys of model providers and of the tools around them. Where the body of a key is of the wide alphabet `[0-9A-Za-z_-]`, `minEntropyBits` stands above
 * what words joined by dashes reach (about 4.0), so that `sk-proj-put-your-own-key-here` is not taken for a key.
 */
export const aiRules: readonly TokenRule[] = [
  {
    kind: 'prefix', id: 'openai-key', provider: 'OpenAI', prefixes: ['sk-'],
    source: 'observed: 20 characters, the base64 of OpenAI, 20 characters', pattern: 'sk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}',
  },
  {
    kind: 'prefix', id: 'openai-scoped-key', provider: 'OpenAI', prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'],
    source: 'API reference, project, service-account and admin keys; bodies of 48 to 156 characters observed',
    pattern: 'sk-(proj|svcacct|admin|None)-[0-9A-Za-z_-]{40,200}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'openai-unmarked-key', provider: 'OpenAI', prefixes: ['sk-'],
    source: 'observed: early OpenAI keys; the same shape at Stability, Moonshot, SiliconFlow and other makers of compatible interfaces',
    pattern: 'sk-[0-9A-Za-z]{48}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'anthropic-api-key', provider: 'Anthropic', prefixes: ['sk-ant-api'],
    source: 'console, API keys: version of two digits, 93 characters, AA', pattern: 'sk-ant-api[0-9]{2}-[0-9A-Za-z_-]{80,120}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'anthropic-admin-key', provider: 'Anthropic', prefixes: ['sk-ant-admin'],
    source: 'Admin API documentation', pattern: 'sk-ant-admin[0-9]{2}-[0-9A-Za-z_-]{80,120}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'anthropic-oauth-token', provider: 'Anthropic', prefixes: ['sk-ant-oat', 'sk-ant-ort', 'sk-ant-sid'],
    source: 'observed: access, refresh and session tokens', pattern: 'sk-ant-(oat|ort|sid)[0-9]{2}-[0-9A-Za-z_-]{80,130}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'openrouter-key', provider: 'OpenRouter', prefixes: ['sk-or-v1-'],
    source: 'API authentication page', pattern: 'sk-or-v1-[0-9a-f]{64}',
  },
  {
    kind: 'prefix', id: 'deepseek-key', provider: 'DeepSeek', prefixes: ['sk-'],
    source: 'observed; the same shape at Alibaba DashScope', pattern: 'sk-[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'groq-key', provider: 'Groq', prefixes: ['gsk_'],
    source: 'console, API keys', pattern: 'gsk_[0-9A-Za-z]{52}',
  },
  {
    kind: 'prefix', id: 'xai-key', provider: 'xAI', prefixes: ['xai-'],
    source: 'console, API keys', pattern: 'xai-[0-9A-Za-z]{80}',
  },
  {
    kind: 'prefix', id: 'perplexity-key', provider: 'Perplexity', prefixes: ['pplx-'],
    source: 'API settings page', pattern: 'pplx-[0-9A-Za-z]{48}',
  },
  {
    kind: 'prefix', id: 'huggingface-user-token', provider: 'Hugging Face', prefixes: ['hf_'],
    source: 'Hub documentation, user access tokens', pattern: 'hf_[0-9A-Za-z]{34,37}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'huggingface-organization-token', provider: 'Hugging Face', prefixes: ['api_org_'],
    source: 'Hub documentation, organization tokens', pattern: 'api_org_[0-9A-Za-z]{34}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'replicate-token', provider: 'Replicate', prefixes: ['r8_'],
    source: 'API tokens page: 40 characters in all', pattern: 'r8_[0-9A-Za-z]{37}',
  },
  {
    kind: 'prefix', id: 'together-key', provider: 'Together AI', prefixes: ['tgp_v1_'],
    source: 'API keys page', pattern: 'tgp_v1_[0-9A-Za-z_-]{43}',
  },
  {
    kind: 'context', id: 'together-unmarked-key', provider: 'Together AI',
    keywords: ['together_api', 'togetherai', 'together_ai', 'together-api', 'togetherapi', 'together-ai'],
    source: 'observed: keys before tgp_v1_', pattern: '[0-9a-f]{64}',
  },
  {
    kind: 'prefix', id: 'fireworks-key', provider: 'Fireworks AI', prefixes: ['fw_'],
    source: 'API keys page', pattern: 'fw_[0-9A-Za-z]{22,24}', minEntropyBits: 3.5,
  },
  {
    kind: 'context', id: 'cohere-key', provider: 'Cohere', keywords: ['cohere', 'co_api_key', 'co-api-key', 'coapikey'],
    source: 'dashboard, API keys', pattern: '[0-9A-Za-z]{40}',
  },
  {
    kind: 'context', id: 'mistral-key', provider: 'Mistral AI', keywords: ['mistral'],
    source: 'console, API keys', pattern: '[0-9A-Za-z]{32}',
  },
  {
    kind: 'prefix', id: 'elevenlabs-key', provider: 'ElevenLabs', prefixes: ['sk_'],
    source: 'API keys page', pattern: 'sk_[0-9a-f]{48}',
  },
  {
    kind: 'context', id: 'elevenlabs-unmarked-key', provider: 'ElevenLabs',
    keywords: ['elevenlabs', 'eleven_labs', 'xi-api-key', 'xi_api_key', 'eleven_api_key', 'eleven-labs', 'xiapikey', 'eleven-api-key', 'elevenapikey'],
    source: 'API reference, header xi-api-key; keys before sk_', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'assemblyai-key', provider: 'AssemblyAI',
    keywords: ['assemblyai', 'assembly_ai', 'assembly-ai', 'aai_api_key', 'aai-api-key', 'aaiapikey'],
    source: 'dashboard', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'deepgram-key', provider: 'Deepgram', keywords: ['deepgram'],
    source: 'console, API keys', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'prefix', id: 'pinecone-key', provider: 'Pinecone', prefixes: ['pcsk_'],
    source: 'console, API keys', pattern: 'pcsk_[0-9A-Za-z]{5,6}_[0-9A-Za-z]{60,64}',
  },
  {
    kind: 'context', id: 'pinecone-unmarked-key', provider: 'Pinecone', keywords: ['pinecone'],
    source: 'observed: keys before pcsk_', pattern: UUID_PATTERN,
  },
  {
    kind: 'context', id: 'weaviate-key', provider: 'Weaviate',
    keywords: ['weaviate', 'wcd_api_key', 'wcs_api_key', 'wcd-api-key', 'wcdapikey', 'wcs-api-key', 'wcsapikey'],
    source: 'cloud console', pattern: '([0-9A-Za-z]{36,40}|[0-9A-Za-z+/]{60,100}={0,2})',
  },
  {
    kind: 'prefix', id: 'langsmith-key', provider: 'LangChain', prefixes: ['lsv2_pt_', 'lsv2_sk_'],
    source: 'LangSmith documentation, personal and service keys', pattern: 'lsv2_(pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}',
  },
  {
    kind: 'prefix', id: 'langsmith-legacy-key', provider: 'LangChain', prefixes: ['ls__'],
    source: 'observed: keys before lsv2', pattern: 'ls__[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'langfuse-secret-key', provider: 'Langfuse', prefixes: ['sk-lf-'],
    source: 'project settings; the pk-lf- half may stand in a browser', pattern: `sk-lf-${UUID_PATTERN}`,
  },
  {
    kind: 'context', id: 'wandb-key', provider: 'Weights & Biases', keywords: ['wandb'],
    source: 'authorize page: 40 hexadecimal digits', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'prefix', id: 'wandb-v1-key', provider: 'Weights & Biases', prefixes: ['wandb_v1_'],
    source: 'authorize page', pattern: 'wandb_v1_[0-9A-Za-z_-]{60,90}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'voyage-key', provider: 'Voyage AI', prefixes: ['pa-'],
    source: 'dashboard, API keys', pattern: 'pa-[0-9A-Za-z_-]{43}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'jina-key', provider: 'Jina AI', prefixes: ['jina_'],
    source: 'API dashboard: 65 characters in all', pattern: 'jina_[0-9A-Za-z_-]{60}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'tavily-key', provider: 'Tavily', prefixes: ['tvly-dev-', 'tvly-prod-', 'tvly-'],
    source: 'API keys page', pattern: 'tvly-(dev-|prod-)?[0-9A-Za-z]{32}',
  },
  {
    kind: 'context', id: 'exa-key', provider: 'Exa', keywords: ['exa_api_key', 'exa-api-key', 'exaapikey', 'exa_key', 'exa-key', 'exakey'],
    source: 'dashboard, API keys', pattern: UUID_PATTERN,
  },
  {
    kind: 'prefix', id: 'firecrawl-key', provider: 'Firecrawl', prefixes: ['fc-'],
    source: 'API keys page', pattern: 'fc-[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'nvidia-api-key', provider: 'NVIDIA', prefixes: ['nvapi-'],
    source: 'API catalogue: 70 characters in all', pattern: 'nvapi-[0-9A-Za-z_-]{60,70}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'cerebras-key', provider: 'Cerebras', prefixes: ['csk-'],
    source: 'cloud console', pattern: 'csk-[0-9a-z]{48}',
  },
  {
    kind: 'prefix', id: 'runpod-key', provider: 'RunPod', prefixes: ['rpa_'],
    source: 'settings, API keys', pattern: 'rpa_[0-9A-Za-z]{40,48}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'llamacloud-key', provider: 'LlamaIndex', prefixes: ['llx-'],
    source: 'LlamaCloud, API keys', pattern: 'llx-[0-9A-Za-z]{48}',
  },
  {
    kind: 'prefix', id: 'modal-token-secret', provider: 'Modal', prefixes: ['as-'],
    source: 'token command of the client; the id begins with ak-', pattern: 'as-[0-9A-Za-z]{22}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'helicone-key', provider: 'Helicone', prefixes: ['sk-helicone-'],
    source: 'settings, keys', pattern: 'sk-helicone-(eu-|cp-)?[0-9a-z]{7}(-[0-9a-z]{7}){3}',
  },
  {
    kind: 'prefix', id: 'anyscale-key', provider: 'Anyscale', prefixes: ['esecret_'],
    source: 'endpoints documentation', pattern: 'esecret_[0-9a-z]{26,32}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'luma-key', provider: 'Luma', prefixes: ['luma-'],
    source: 'API keys page: two UUIDs', pattern: `luma-${UUID_PATTERN}-${UUID_PATTERN}`,
  },
  {
    kind: 'prefix', id: 'runway-key', provider: 'Runway', prefixes: ['key_'],
    source: 'developer portal', pattern: 'key_[0-9a-f]{128}',
  },
  {
    kind: 'prefix', id: 'cursor-key', provider: 'Cursor', prefixes: ['key_', 'crsr_'],
    source: 'dashboard, API keys', pattern: '(key|crsr)_[0-9a-f]{64}',
  },
  {
    kind: 'prefix', id: 'cartesia-key', provider: 'Cartesia', prefixes: ['sk_car_'],
    source: 'API keys page', pattern: 'sk_car_[0-9A-Za-z_-]{20,44}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'apify-token', provider: 'Apify', prefixes: ['apify_api_', 'apify_proxy_'],
    source: 'console, integrations', pattern: 'apify_(api|proxy)_[0-9A-Za-z]{34,36}',
  },
  {
    kind: 'prefix', id: 'browserbase-key', provider: 'Browserbase', prefixes: ['bb_live_'],
    source: 'settings page', pattern: 'bb_live_[0-9A-Za-z_-]{27}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'e2b-key', provider: 'E2B', prefixes: ['e2b_'],
    source: 'dashboard, keys', pattern: 'e2b_[0-9a-f]{40}',
  },
  {
    kind: 'prefix', id: 'mem0-key', provider: 'Mem0', prefixes: ['m0-'],
    source: 'dashboard, API keys', pattern: 'm0-[0-9A-Za-z]{40}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'promptlayer-key', provider: 'PromptLayer', prefixes: ['pl_'],
    source: 'settings page', pattern: 'pl_[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'nomic-key', provider: 'Nomic', prefixes: ['nk-'],
    source: 'Atlas dashboard', pattern: 'nk-[0-9A-Za-z_-]{43}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'brave-search-key', provider: 'Brave Search', prefixes: ['BSA'],
    source: 'API dashboard', pattern: 'BSA[0-9A-Za-z_-]{27,28}', minEntropyBits: 3.9, notAfter: '+-', notBefore: '+-_',
  },
  {
    kind: 'context', id: 'serper-key', provider: 'Serper', keywords: ['serper'],
    source: 'dashboard', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'serpapi-key', provider: 'SerpApi', keywords: ['serpapi', 'serp_api', 'serp-api'],
    source: 'dashboard', pattern: '[0-9a-f]{64}',
  },
  {
    kind: 'context', id: 'azure-openai-key', provider: 'Azure OpenAI', keywords: ['azure_openai', 'azureopenai', 'azure-openai', 'aoai'],
    source: 'portal, keys and endpoint: 32 hexadecimal digits or 84 characters', pattern: '([0-9a-f]{32}|[0-9A-Za-z]{84})',
  },
  {
    kind: 'context', id: 'ai21-key', provider: 'AI21 Labs', keywords: ['ai21'],
    source: 'studio, API key', pattern: `([0-9A-Za-z]{32}|${UUID_PATTERN})`,
  },
  {
    kind: 'context', id: 'baseten-key', provider: 'Baseten', keywords: ['baseten'],
    source: 'API keys page', pattern: '[0-9A-Za-z]{8}[.][0-9A-Za-z]{32}',
  },
  {
    kind: 'context', id: 'deepinfra-key', provider: 'DeepInfra', keywords: ['deepinfra'],
    source: 'dashboard, API keys', pattern: '[0-9A-Za-z]{32}',
  },
  {
    kind: 'context', id: 'clarifai-key', provider: 'Clarifai', keywords: ['clarifai'],
    source: 'settings, personal access tokens', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'roboflow-key', provider: 'Roboflow', keywords: ['roboflow'],
    source: 'workspace settings', pattern: '[0-9A-Za-z]{20}', minEntropyBits: 3.3,
  },
  {
    kind: 'context', id: 'fal-key', provider: 'fal', keywords: ['fal_key', 'fal-key', 'fal_api_key', 'falkey', 'fal-api-key', 'falapikey'],
    source: 'dashboard, keys: id and secret', pattern: `${UUID_PATTERN}:[0-9a-f]{32}`,
  },
  {
    kind: 'context', id: 'zhipu-key', provider: 'Zhipu AI',
    keywords: ['zhipu', 'bigmodel', 'glm_api_key', 'zai_api_key', 'glm-api-key', 'glmapikey', 'zai-api-key', 'zaiapikey'],
    source: 'open platform, API keys: id and secret', pattern: '[0-9a-f]{32}[.][0-9A-Za-z]{16}',
  },
  {
    kind: 'context', id: 'hume-key', provider: 'Hume AI', keywords: ['hume_api', 'hume-api', 'humeapi', 'hume_secret', 'hume-secret', 'humesecret'],
    source: 'platform, keys', pattern: '[0-9A-Za-z]{48,64}',
  },
  {
    kind: 'context', id: 'speechmatics-key', provider: 'Speechmatics', keywords: ['speechmatics'],
    source: 'portal, API keys', pattern: '[0-9A-Za-z]{32}',
  },
  {
    kind: 'context', id: 'leonardo-key', provider: 'Leonardo.Ai',
    keywords: ['leonardo_api', 'leonardo-api', 'leonardoapi', 'leonardo_key', 'leonardo_ai', 'leonardoai', 'leonardo-key', 'leonardokey',
      'leonardo-ai'],
    source: 'API access page', pattern: UUID_PATTERN,
  },
  {
    kind: 'prefix', id: 'baidu-qianfan-key', provider: 'Baidu', prefixes: ['bce-v3/ALTAK-'],
    source: 'Qianfan guide: version, access key id, signature', pattern: 'bce-v3/ALTAK-[0-9A-Za-z]{16,32}/[0-9a-f]{40}',
  },
  {
    kind: 'prefix', id: 'coze-token', provider: 'Coze', prefixes: ['pat_'],
    source: 'developer guide: personal access tokens', pattern: 'pat_[0-9A-Za-z]{64}', minEntropyBits: 4.4,
  },
  {
    kind: 'prefix', id: 'lambda-cloud-key', provider: 'Lambda', prefixes: ['secret_'],
    source: 'Cloud API guide: name, id and secret', pattern: 'secret_[0-9a-z-]{1,40}_[0-9a-f]{32}[.][0-9A-Za-z]{32}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'openai-session-key', provider: 'OpenAI', prefixes: ['sess-'],
    source: 'observed: session keys of the dashboard', pattern: 'sess-[0-9A-Za-z]{40}', minEntropyBits: 4.1,
  },
];
