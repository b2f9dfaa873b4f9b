using System.Text.RegularExpressions;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Cli.Tests;

/// <summary>Whatever a person gives that cannot be used: one clear sentence, an exit code, and nothing written over.</summary>
public sealed partial class BadInputTests(TinyWorld world)
{
    private readonly Cli _cli = new(world);

    public static TheoryData<string, string[], string[]> Refused => new()
    {
        { "missing data file", ["train", "--model", "{model}", "--data", "rowz.jsonl"], ["no such file", "'rows.jsonl'"] },
        { "missing model", ["train", "--model", "tiny-modle", "--data", "rows.jsonl"], ["no such model folder"] },
        { "a file as model", ["train", "--model", "rows.jsonl", "--data", "rows.jsonl"], ["This is a file", "Give the folder"] },
        { "a folder without a model", ["train", "--model", ".", "--data", "rows.jsonl"], ["no config.json"] },
        { "no model", ["train", "--data", "rows.jsonl"], ["No model is named", "--model"] },
        { "no data", ["train", "--model", "{model}"], ["No dataset is named"] },
        { "wrong JSON in line 3", ["train", "--model", "{model}", "--data", "bad/broken.jsonl"], ["line 3", "broken.jsonl"] },
        { "empty file", ["train", "--model", "{model}", "--data", "bad/empty.jsonl"], ["empty"] },
        { "all labels masked", ["train", "--model", "{model}", "--data", "bad/masked.jsonl"], ["row 1", "weight 0"] },
        { "rows too long", ["train", "--model", "{model}", "--data", "bad/long.jsonl"], ["longer than", "overlong_rows"] },
        { "too long for max_length", ["train", "--model", "{model}", "--data", "rows.jsonl", "--max_length", "4"], ["36 of 36 rows", "max_length"] },
        { "unknown target module", ["train", "--model", "{model}", "--data", "rows.jsonl", "--target_modules", "q_prj", "--threads", "1"], ["q_prj", "q_proj"] },
        { "dotted run name", ["train", "--model", "{model}", "--data", "rows.jsonl", "--run_name", "a.b"], ["run_name", "a.b"] },
        { "run name that is a path", ["train", "--model", "{model}", "--data", "rows.jsonl", "--run_name", "../../evil"], ["run_name"] },
        { "unknown option", ["train", "--model", "{model}", "--data", "rows.jsonl", "--learning_rat", "1"], ["Unknown key `learning_rat`", "`learning_rate`"] },
        { "packing that mixes rows", ["train", "--model", "{model}", "--data", "rows.jsonl", "--packing", "true", "--neat_packing", "false"], ["see each other"] },
        { "another program's key, mistyped", ["train", "--model", "{model}", "--data", "rows.jsonl", "--group_by_lenght", "true"], ["Unknown key `group_by_lenght`", "`group_by_length`"] },
        { "unknown key", ["train", "bad/unknown.yaml"], ["unknown.yaml, line 2, column 1", "`lora_alpha`"] },
        { "broken YAML", ["train", "bad/broken.yaml"], ["not valid YAML", "line"] },
        { "missing recipe", ["train", "bad/unknwn.yaml"], ["does not exist", "'unknown.yaml'"] },
        { "rate out of range", ["train", "--model", "{model}", "--data", "rows.jsonl", "--learning_rate", "-1"], ["learning_rate", "-1"] },
        { "rate is no number", ["train", "--model", "{model}", "--data", "rows.jsonl", "--learning_rate", "fast"], ["must be a number", "`fast`"] },
        { "known but not supported", ["train", "--model", "{model}", "--data", "rows.jsonl", "--use_galore", "true"], ["not supported yet"] },
        { "mismatched adapter", ["train", "--model", "{model}", "--data", "rows.jsonl", "--init_adapter", "bad/adapter", "--threads", "1"], ["lora_A"] },
        { "missing adapter", ["train", "--model", "{model}", "--data", "rows.jsonl", "--init_adapter", "nowhere"], ["no such adapter"] },
        { "truncated safetensors", ["train", "--model", "bad/truncated", "--data", "rows.jsonl"], ["model.safetensors"] },
        { "lying safetensors", ["train", "--model", "bad/lying", "--data", "rows.jsonl"], ["model.safetensors"] },
        { "unknown model family", ["train", "--model", "bad/family", "--data", "rows.jsonl"], ["llama", "qwen2"] },
        { "unknown run", ["resume", "nobody"], ["no run named 'nobody'"] },
        { "eval without data", ["eval", "{model}"], ["--data"] },
        { "eval of a missing model", ["eval", "nobody", "--data", "rows.jsonl"], ["no such model folder"] },
        { "chat with a missing model", ["chat", "nobody"], ["no such model folder"] },
        { "sampling out of range", ["chat", "{model}", "--top_p", "2"], ["top_p"] },
        { "unknown command", ["trian"], ["'trian'", "'train'"] },
        { "data row out of range", ["data", "show", "rows.jsonl", "--model", "{model}", "--row", "99"], ["no row 99"] },
        { "unknown setting", ["settings", "lora_alfa"], ["`lora_alpha`"] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Refused_OneSentence_NothingChanged(string what, string[] arguments, string[] expected)
    {
        Prepare();
        string before = Snapshot();
        CliResult result = await _cli.RunAsync([.. arguments.Select(argument => argument.Replace("{model}", world.Model, StringComparison.Ordinal))]);
        result.ExitCode.ShouldBe(2, $"{what}: {result}");
        string[] errors = [.. result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        errors[0].ShouldStartWith("Error: ", Case.Sensitive, $"{what}: {result}");
        errors.Length.ShouldBeLessThanOrEqualTo(2, result.ToString()); // the sentence, and where to read on
        foreach (string part in expected) result.Error.ShouldContain(part, Case.Sensitive, $"{what}: {result}");
        result.Error.ShouldNotContain("   at ");
        result.Error.ShouldNotContain("Exception");
        (Snapshot() == before).ShouldBeTrue($"{what}: {before} became {Snapshot()}");
    }

    public static TheoryData<string> RefusedInChinese =>
    [
        "missing data file", "missing model", "no data", "wrong JSON in line 3", "all labels masked", "too long for max_length", "run name that is a path", "unknown key", "rate is no number",
        "known but not supported", "truncated safetensors", "unknown model family", "unknown run", "eval without data",
    ];

    [Theory]
    [MemberData(nameof(RefusedInChinese))]
    public async Task Refused_InChinese_NoEnglishSentence(string what)
    {
        Prepare();
        string[] arguments = [.. ((string[])Refused.Single(row => row.Data.Item1 == what).Data.Item2).Select(argument => argument.Replace("{model}", world.Model, StringComparison.Ordinal)), "--lang", "zh"];
        CliResult result = await _cli.RunAsync(arguments);
        result.ExitCode.ShouldBe(2, $"{what}: {result}");
        result.Error.ShouldStartWith("错误：", Case.Sensitive, result.ToString());
        string said = CodeInText().Replace(result.Error, "");
        EnglishWords().IsMatch(said).ShouldBeFalse($"{what}: {result}");
        said.ShouldNotContain(". ", Case.Sensitive, result.ToString());
    }

    [Fact]
    public async Task DataCheck_InChinese_NoEnglishSentence()
    {
        Prepare();
        foreach (string file in (string[])["bad/broken.jsonl", "bad/masked.jsonl", "bad/empty.jsonl", "rows.jsonl"])
        {
            CliResult result = await _cli.RunAsync("data", "check", file, "--model", world.Model, "--lang", "zh");
            EnglishWords().IsMatch(CodeInText().Replace(result.Out + result.Error, "")).ShouldBeFalse($"{file}: {result}");
        }
    }

    [GeneratedRegex("[A-Za-z]+,? [A-Za-z]+,? [A-Za-z]+")]
    private static partial Regex EnglishWords();

    [GeneratedRegex("`[^`]*`|“[^”]*”")]
    private static partial Regex CodeInText();

    [Fact]
    public async Task UnknownTarget_IsRefusedBeforeThereIsARun()
    {
        CliResult result = await _cli.RunAsync("train", "--model", world.Model, "--data", world.Data, "--target_modules", "nothing_like_it", "--run_name", "no-target", "--threads", "1");
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Error.ShouldContain("nothing_like_it");
        result.Error.ShouldNotContain("resume");
        CliResult show = await _cli.RunAsync("runs", "show", "no-target");
        show.ExitCode.ShouldBe(2, show.ToString());
        show.Error.ShouldContain("no run named 'no-target'");
    }

    /// <summary>Names and sizes of what the person gave.</summary>
    private string Snapshot() => string.Join('\n', ((string[])[world.Model, world.PathOf("bad")]).SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        .Append(world.Data).Order(StringComparer.Ordinal).Select(path => $"{path} {new FileInfo(path).Length}"));

    private void Prepare()
    {
        lock (world)
        {
            if (Directory.Exists(world.PathOf("bad"))) return;
            world.Write("bad/broken.jsonl", "{\"instruction\": \"a\", \"output\": \"b\"}\n{\"instruction\": \"c\", \"output\": \"d\"}\n{\"instruction\": \"e\", \"output\": }\n");
            world.Write("bad/empty.jsonl", "");
            world.Write("bad/masked.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\", \"weight\": 0}]}\n");
            world.Write("bad/long.jsonl", $"{{\"instruction\": \"{string.Concat(Enumerable.Repeat("xyz ", 300))}\", \"output\": \"d\"}}\n");
            world.Write("bad/unknown.yaml", $"model: {world.Model}\nlora_alfa: 3\n");
            world.Write("bad/broken.yaml", "model: [x\ndata: y\n");
            byte[] weights = File.ReadAllBytes(Path.Combine(world.Model, "model.safetensors"));
            ModelWith("bad/truncated", weights[..(weights.Length / 2)]);
            byte[] lying = [.. weights];
            lying[7] = 0x7F; // the header claims to be longer than any file
            ModelWith("bad/lying", lying);
            ModelWith("bad/family", weights);
            string config = Path.Combine(world.PathOf("bad/family"), "config.json");
            File.WriteAllText(config, File.ReadAllText(config).Replace("\"llama\"", "\"lamma\"", StringComparison.Ordinal));
            WriteForeignAdapter(world.PathOf("bad/adapter"));
        }
    }

    private void ModelWith(string name, byte[] weights)
    {
        string folder = world.PathOf(name);
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(world.Model)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), weights);
    }

    /// <summary>An adapter of a model of another width.</summary>
    private static void WriteForeignAdapter(string folder)
    {
        HfConfig config = HfConfig.Parse("""
            {"model_type": "llama", "vocab_size": 40, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
             "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "hidden_act": "silu", "rope_theta": 10000.0, "tie_word_embeddings": true}
            """, "test");
        using ICausalLm model = ModelCatalog.CreateRandom(config, 1);
        using ITuningMethod method = PeftCatalog.CreateForTraining(new MethodSettings { Options = new LoraSettings { R = 2 } }, model.Tunable, 1, "another");
        AdapterContents adapter = method.ToAdapter()!;
        AdapterFolder.Write(folder, adapter.Config, adapter.Tensors);
    }
}
