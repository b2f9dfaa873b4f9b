using System.Text;
using System.Text.Json.Nodes;

namespace TuneSharp.Inference.Logprobs;

/// <summary>Log-probabilities as the OpenAI API writes them.</summary>
/// <param name="bytesOf">The bytes that a token stands for; they need not be whole characters.</param>
public sealed class OpenAiLogprobs(Func<int, byte[]> bytesOf)
{
    /// <summary><c>choices[].logprobs</c> of a chat completion: each token with its bytes and the best ones beside it.</summary>
    public JsonObject Chat(IEnumerable<TokenLogprob> tokens) => new()
    {
        ["content"] = new JsonArray([.. tokens.Select(token =>
        {
            JsonObject entry = Entry(token.Id, token.Logprob);
            entry["top_logprobs"] = new JsonArray([.. token.Top.Select(top => Entry(top.Id, top.Logprob))]);
            return entry;
        })]),
        ["refusal"] = null,
    };

    /// <summary>
    /// <c>choices[].logprobs</c> of a text completion: four parallel lists; offsets count characters (code points) of the
    /// tokens' texts. Of several best ones that read alike (parts of characters) the last stands there, as in the API's own lists.
    /// </summary>
    public JsonObject Completion(IEnumerable<TokenLogprob> tokens)
    {
        JsonArray texts = [], logprobs = [], offsets = [], best = [];
        int offset = 0;
        foreach (TokenLogprob token in tokens)
        {
            string text = TextOf(token.Id);
            texts.Add(text);
            logprobs.Add(token.Logprob);
            offsets.Add(offset);
            offset += text.EnumerateRunes().Count();
            var top = new JsonObject();
            foreach ((int id, double logprob) in token.Top) top[TextOf(id)] = logprob;
            best.Add(top);
        }
        return new JsonObject { ["tokens"] = texts, ["token_logprobs"] = logprobs, ["text_offset"] = offsets, ["top_logprobs"] = best };
    }

    private JsonObject Entry(int id, double logprob) => new()
    {
        ["token"] = TextOf(id),
        ["logprob"] = logprob,
        ["bytes"] = new JsonArray([.. bytesOf(id).Select(b => (JsonNode)(int)b)]),
    };

    private string TextOf(int id) => Encoding.UTF8.GetString(bytesOf(id));
}
