using TuneSharp.Data.Json;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.RowFormats;

/// <summary>Pairs under other people's column names, capital letters or not: Question and Response, query and answer.</summary>
internal sealed class QuestionResponseRows : IRowFormat
{
    private static readonly string[] s_question = ["question", "query", "problem"];
    private static readonly string[] s_system = ["system", "system_prompt"];
    private static readonly string[] s_answer = ["response", "answer", "reply", "solution"];

    public string Name => "question_response";

    public IReadOnlyList<string> Aliases => ["qa"];

    public string Keys => "question, response (or answer), system?";

    public string Example => """{"Question": "What do cows eat?", "Response": "Grass."}""";

    public bool Uses(string column) => s_question.Contains(column, StringComparer.OrdinalIgnoreCase) || s_system.Contains(column, StringComparer.OrdinalIgnoreCase) || s_answer.Contains(column, StringComparer.OrdinalIgnoreCase);

    public string? Recognise(JsonItem row) => Find(row, s_question) is { } question && Find(row, s_answer) is { } answer
        ? $"the rows have the keys \"{question.Name}\" and \"{answer.Name}\"" : null;

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        string? question = context.RequiredText(Find(row, s_question), "question", ProblemKind.EmptyPrompt, "The question", row);
        string? answer = context.RequiredText(Find(row, s_answer), "response", ProblemKind.EmptyOutput, "The answer", row);
        if (question is null || answer is null) return null;
        var turns = new List<Turn> { new(new ChatMessage("user", question)), new(new ChatMessage("assistant", answer)) };
        if (Find(row, s_system) is { } system && context.Text(system.Value, system.Name) is { Length: > 0 } text) turns.Insert(0, new Turn(new ChatMessage("system", text)));
        return context.Failed ? null : new ConversationRow(context.Source, turns);
    }

    private static JsonMember? Find(JsonItem row, string[] names)
    {
        foreach (string name in names)
            foreach (JsonMember member in row.Members)
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)) return member;
        return null;
    }
}
