using System.Text;
using TuneSharp.Data;

namespace TuneSharp.Fuzz.Readers;

internal sealed class JsonLinesReader : IFuzzedReader
{
    public string Name => "jsonl";

    public string FileName => "rows.jsonl";

    public IReadOnlyList<byte[]> Seeds { get; } = [.. new[]
    {
        """
        {"messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "What is new?"}, {"role": "assistant", "content": "Nothing.", "weight": 0}]}
        {"messages": [{"role": "user", "content": "天气"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}}]}, {"role": "tool", "content": "2"}, {"role": "assistant", "content": "ok"}], "tools": []}
        """,
        """
        {"instruction": "Add.", "input": "1 2", "output": "3", "history": [["a", "b"], ["c", "d"]], "system": "s"}
        {"instruction": "Say \u00e9 \ud83d\ude42.", "input": "", "output": "é"}
        """,
        """
        {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "ho"}], "id": "x1"}
        {"prompt": "a", "completion": " b"}
        {"question": "q", "response": "r", "n": [1, 2.5, -3e10, true, null, {"deep": [[[]]]}]}
        {"text": "plain"}
        """,
        """[{"instruction": "a", "output": "b"}, {"instruction": "c", "output": "d"}]""",
    }.Select(Encoding.UTF8.GetBytes), Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("""{"prompt": "天", "completion": "b"}""")).ToArray()];

    public IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\u0000", "null", "true", "NaN", "-Infinity", "1e999", "\"role\": \"user\"", "\"content\": 3", "\"messages\": [", "\"conversations\": [", "\"text\": ", "\"output\": [1]", "\n", "\r\n", "\uFEFF",
        "[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "\"weight\": 2", "\"tool_calls\": [{}]", "\"history\": [[", "'", "//", "/*", "\u0000", "\"prompt\": {\"a\": 1}", "\u2028",
    ];

    public void Read(string path)
    {
        int problems = 0;
        foreach (DatasetRow row in DatasetReader.Open(path).Read(_ => problems++, everyTask: true)) GC.KeepAlive(row);
    }
}
