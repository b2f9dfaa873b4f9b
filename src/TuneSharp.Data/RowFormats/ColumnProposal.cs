using TuneSharp.Data.Json;

namespace TuneSharp.Data.RowFormats;

/// <summary>Guesses which columns of an unknown table are question and answer, to propose it to the person; it is never applied by itself.</summary>
internal static class ColumnProposal
{
    private static readonly string[] s_answers = ["summary", "answer", "output", "response", "completion", "target", "highlights", "reply", "translation", "solution", "label", "title", "回答", "答案"];
    private static readonly string[] s_prompts = ["dialogue", "dialog", "question", "prompt", "instruction", "article", "document", "context", "passage", "input", "source", "text", "content", "query", "problem", "问题"];

    public static (string Prompt, string Answer)? For(JsonItem row)
    {
        List<JsonMember> texts = [.. row.Members.Where(member => member.Value.Kind == JsonKind.Text)];
        string? answer = Named(texts, s_answers, null);
        string? prompt = Named(texts, s_prompts, answer);
        // Without a telling name the longest text is what is asked about, the next one the answer.
        prompt ??= Longest(texts, answer);
        answer ??= Longest(texts, prompt);
        return prompt is null || answer is null ? null : (prompt, answer);
    }

    private static string? Longest(List<JsonMember> columns, string? except) =>
        columns.Where(column => column.Name != except).OrderByDescending(column => column.Value.Text.Length).Select(column => column.Name).FirstOrDefault();

    private static string? Named(List<JsonMember> columns, string[] names, string? except)
    {
        foreach (string name in names)
            foreach (JsonMember column in columns)
                if (column.Name != except && string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) return column.Name;
        return null;
    }
}
