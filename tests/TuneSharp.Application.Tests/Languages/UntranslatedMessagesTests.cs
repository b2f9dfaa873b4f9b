using System.Text.RegularExpressions;
using TuneSharp.Application.Chatting;
using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Languages;
using TuneSharp.Application.Pretraining;
using TuneSharp.Application.Recipes;

namespace TuneSharp.Application.Tests.Languages;

/// <summary>No layer says anything to a person that the Chinese table does not know.</summary>
public sealed partial class UntranslatedMessagesTests
{
    /// <summary>What these throw is a defect of the program, not something to tell a person.</summary>
    private static readonly string[] s_defects =
    [
        "ArgumentException", "ArgumentNullException", "ArgumentOutOfRangeException", "InvalidOperationException", "NotSupportedException", "ObjectDisposedException", "UnreachableException", "ArithmeticException",
        "IOException", "JsonException", "FormatException", "InvalidDataException", "EndOfStreamException", "OverflowException", "KeyNotFoundException", "TimeoutException",
    ];

    /// <summary>Methods that make an error of a phrase.</summary>
    private static readonly string[] s_refusing =
    [
        "Wrong", "Refuse", "Bad", "Fail", "FailAtUnexpected", "Missing", "Error", "Unexpected", "Unmatched", "Damaged", "NoteUnknown", "Warn", "Range", "Compare", "Broken", "Unsupported", "Check", "Require", "Type",
        "InvalidInputException", "DataProblem", "Warning",
    ];

    /// <summary>Layers below the hosts; what the hosts say stands in both languages in their own Texts.</summary>
    private static readonly string[] s_layers = ["Formats", "Tokenizers", "Nn", "Models", "Peft", "Data", "Training", "Inference", "Evaluation", "Application"];

    /// <summary>Texts of these are data, or stand there in both languages.</summary>
    private static readonly string[] s_speechless = ["src/TuneSharp.Data/Corpus/", "src/TuneSharp.Application/Merging/MergeProbe.cs", "src/TuneSharp.Application/Reports/ReportWording.cs"];

    [Fact]
    public void EveryMessage_HasItsChinese()
    {
        HashSet<string> known = [.. MessageTranslations.Chinese.Known];
        string root = FindRoot();
        string[] missing = [.. from layer in s_layers
                               from path in Directory.EnumerateFiles(Path.Combine(root, "src", "TuneSharp." + layer), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                               where !IsData(Path.GetRelativePath(root, path).Replace('\\', '/'))
                               let lines = File.ReadAllLines(path)
                               from text in SourceTexts.Read(File.ReadAllText(path))
                               where IsMessage(text) && !IsBeside(lines, text.Line) && !known.Contains(text.Template)
                               select $"{Path.GetRelativePath(root, path)}:{text.Line}: {text.Template}"];
        missing.Length.ShouldBe(0, "Add to src/TuneSharp.Application/Languages/messages.zh.tsv:\n" + string.Join('\n', missing));
    }

    [Fact]
    public void AdviceAndUnitOfEverySetting_HaveTheirChinese()
    {
        HashSet<string> known = [.. MessageTranslations.Chinese.Known];
        IEnumerable<SettingDescription> settings = [.. SettingCatalog.For<FineTuneRequest>().All, .. SettingCatalog.For<PretrainingRequest>().All, .. SettingCatalog.For<ChatRequest>().All];
        string[] missing = [.. settings.SelectMany(setting => new[] { setting.Setting.Unit, setting.Setting.Advice is { } advice && Prose().IsMatch(advice) ? advice : null }).OfType<string>().Distinct().Where(text => !known.Contains(text))];
        missing.Length.ShouldBe(0, "Add to src/TuneSharp.Application/Languages/messages.zh.tsv:\n" + string.Join('\n', missing));
    }

    [Theory]
    [InlineData("""throw new InvalidInputException($"The tensor {Quoted.Text(name)} has {n} {(n == 1 ? "byte" : "of all bytes")}.", where);""", "The tensor {0} has {1} {2}.", "of all bytes")]
    [InlineData("""throw new InvalidInputException("The file " + name + " is missing: " + e.Message);""", "The file {0}", "{0} is missing: {1}")]
    [InlineData("""throw new InvalidInputException("One. " + "Two \"three\" " + $"{{{a}{b}}}.", x ? "Do this." : "Do that.");""", "One. Two \"three\" {{0}}.", "Do this.", "Do that.")]
    [InlineData("""if (c == '"' || c == '\'') throw Wrong(key, "must be a number"); // "not this one."  /* "nor this." */""", "must be a number")]
    [InlineData("""[Setting("A description.")] public int A { get; init; } = x[f("Said to nobody")]; throw new ArgumentException("A defect is here.");""")]
    [InlineData("""Say(@"A ""quoted"" word: \n."); Log("key: value"); string code = $$""" + "\"\"\"{{ a }} is code.\"\"\";", "A \"quoted\" word: \\n.")]
    public void Scanner_FindsWhatIsSaid(string source, params string[] messages) => SourceTexts.Read(source).Where(IsMessage).Select(text => text.Template).ShouldBe(messages, ignoreOrder: true);

    private static bool IsData(string path) => path.Contains("/obj/") || path.Contains("/bin/") || path.EndsWith(".Generated.cs", StringComparison.Ordinal) || s_speechless.Any(start => path.StartsWith(start, StringComparison.Ordinal));

    /// <summary>True if the Chinese stands beside the English.</summary>
    private static bool IsBeside(string[] lines, int line) => lines.Skip(line - 1).Take(2).Any(each => Ideograph().IsMatch(each));

    private static bool IsMessage(SourceText text)
    {
        string call = text.Calls.Count > 0 ? text.Calls[^1] : "";
        string name = call[(call.LastIndexOfAny(['.', ' ']) + 1)..];
        if (text.Calls.Contains("[") || call.StartsWith("new ", StringComparison.Ordinal) && s_defects.Contains(name)) return false;
        if (!IsEnglish(text.Template)) return false;
        return text.Inside is null ? Sentence().IsMatch(text.Template) || s_refusing.Contains(name) : IsEnglish(text.Inside);
    }

    /// <summary>Two words or more on one line, in letters of the alphabet; no place in a file, no list of keys, no comment.</summary>
    private static bool IsEnglish(string text) => !text.Contains('\n') && text[..Math.Min(1, text.Length)] != "#" && !PlaceOrKeys().IsMatch(text) && !text.Contains("?, ") && !text.Contains("[{") && !Ideograph().IsMatch(text) && Words().IsMatch(text) && Letters().IsMatch(Hole().Replace(text, ""));

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "TuneSharp.slnx"))) return at.FullName;
        throw new DirectoryNotFoundException("TuneSharp.slnx is in none of the folders above " + AppContext.BaseDirectory + ".");
    }

    [GeneratedRegex(@"^\{0\}, (row|line|column|byte|field) \{1\}|, \w+\?$")]
    private static partial Regex PlaceOrKeys();

    [GeneratedRegex("[A-Za-z] [A-Za-z]")]
    private static partial Regex Prose();

    [GeneratedRegex("[.?!]$")]
    private static partial Regex Sentence();

    [GeneratedRegex("""[A-Za-z}`'"),.;:\]] [A-Za-z{`'(\["]""")]
    private static partial Regex Words();

    [GeneratedRegex("[A-Za-z]{2}")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();

    [GeneratedRegex("[\u4e00-\u9fff]")]
    private static partial Regex Ideograph();
}
