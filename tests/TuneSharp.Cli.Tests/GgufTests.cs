using System.Text.Json.Nodes;
using TuneSharp.Formats.Gguf;
using TuneSharp.Tests.Shared;

namespace TuneSharp.Cli.Tests;

/// <summary>A person comes with a GGUF file: look, import, train straight on it, talk.</summary>
public sealed class GgufTests(TinyWorld world)
{
    private const int Width = 32, Inner = 64, Heads = 4, Layers = 2, Context = 96;
    private readonly Cli _cli = new(world);

    [Fact]
    public async Task A_gguf_file_is_looked_at_imported_trained_and_asked()
    {
        string file = WriteModel();
        CliResult inspect = await _cli.RunAsync("model", "inspect", file);
        inspect.ExitCode.ShouldBe(0, inspect.ToString());
        foreach (string said in (string[])["llama (GGUF version 3)", "It can be trained", "Q8_0 (14 tensors", "Layers: 2, width 32", "Context: 96 tokens", "begin <s>, end </s>", "Chat template: its own", "Licence: mit", "float32", "bfloat16"])
            inspect.Out.ShouldContain(said);
        JsonNode json = JsonNode.Parse((await _cli.RunAsync("model", "inspect", file, "--json")).Out)!;
        (json["family"]!.GetValue<string>(), json["sizes"]!["vocabulary"]!.GetValue<int>(), json["why_not"]).ShouldBe(("llama", 258, null));

        CliResult import = await _cli.RunAsync("model", "import", file, "--name", "from-gguf");
        import.ExitCode.ShouldBe(0, import.ToString());
        import.Out.ShouldContain("Imported as 'from-gguf'");
        import.Out.ShouldContain("The file is quantised (Q8_0 (14), F32 (1))");
        string folder = Path.Combine(world.Home, "models", "from-gguf");
        Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).ShouldBe(["README.md", "chat_template.jinja", "config.json", "manifest.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"], ignoreOrder: true);
        CliResult again = await _cli.RunAsync("model", "import", file, "--name", "from-gguf");
        (again.ExitCode, again.Error.Contains("already", StringComparison.Ordinal)).ShouldBe((2, true), again.ToString());

        CliResult train = await _cli.RunAsync("train", "--model", file, "--data", world.Data, "--max_steps", "2", "--run_name", "on-gguf", "--val_size", "4", "--threads", "1");
        train.ExitCode.ShouldBe(0, train.ToString());
        CliResult eval = await _cli.RunAsync("eval", file, "on-gguf", "from-gguf", "--data", world.Data, "--max_new_tokens", "2", "--threads", "1");
        eval.ExitCode.ShouldBe(0, eval.ToString());
        string[] losses = [.. eval.Out.Split('\n').Where(line => line.StartsWith(file + "  ", StringComparison.Ordinal) || line.StartsWith("from-gguf  ", StringComparison.Ordinal)).Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[3])];
        losses.Distinct().Count().ShouldBe(1, eval.Out); // the file and the folder made from it are one model

        // An adapter that was trained on the file goes into a folder made of it.
        string merged = world.PathOf("merged-gguf");
        CliResult merge = await _cli.RunAsync("merge", "on-gguf", "--out", merged, "--json", "--threads", "1");
        merge.ExitCode.ShouldBe(0, merge.ToString());
        JsonNode.Parse(merge.Out)!["changed_tensors"]!.GetValue<int>().ShouldBe(2 * Layers);
        Directory.GetFiles(merged).Select(path => Path.GetFileName(path)).ShouldBe(["chat_template.jinja", "config.json", "manifest.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"], ignoreOrder: true);
        Directory.GetFileSystemEntries(world.Folder).ShouldNotContain(path => Path.GetFileName(path).Contains("merged-gguf-base", StringComparison.Ordinal));

        CliResult chat = await _cli.RunAsync("red sky\n", ["chat", "on-gguf", "--temperature", "0", "--max_new_tokens", "3", "--threads", "1"]);
        chat.ExitCode.ShouldBe(0, chat.ToString());
    }

    [Fact]
    public async Task What_is_no_model_is_refused_in_a_sentence()
    {
        string cut = world.PathOf("cut.gguf"), other = world.PathOf("other.gguf");
        await File.WriteAllBytesAsync(cut, new GgufBytes().Text("general.architecture", "llama").ToArray()[..40], TestContext.Current.CancellationToken);
        new GgufBytes().Text("general.architecture", "flubber").WriteTo(other);
        foreach ((string[] arguments, string said) in ((string[], string)[])
        [
            (["model", "inspect", cut], "bytes follow"), (["model", "import", cut], "bytes follow"), (["model", "import", other], "tokenizer.ggml.model is missing"),
            (["model", "import", world.Data], "no GGUF file"), (["model", "import", "nowhere.gguf"], "no such file"), (["model", "import", other, "--name", "../x"], "is not allowed"),
            (["train", "--model", cut, "--data", world.Data], "bytes follow"), (["model", "import", other, "--dtype", "int3"], "int3"),
        ])
        {
            CliResult result = await _cli.RunAsync(arguments);
            result.ExitCode.ShouldBe(2, string.Join(' ', arguments) + result);
            result.Error.ShouldContain(said);
            result.Error.ShouldNotContain("   at ");
        }
        CliResult strange = await _cli.RunAsync("model", "inspect", other);
        strange.ExitCode.ShouldBe(0, strange.ToString());
        strange.Out.ShouldContain("It cannot be used here");
    }

    /// <summary>A llama of random weights in Q8_0 with the 256 bytes as tokens.</summary>
    private string WriteModel()
    {
        var random = new Random(1);
        string[] alphabet = GgufBytes.ByteAlphabet();
        GgufBytes bytes = new GgufBytes().Text("general.architecture", "llama").Text("general.name", "Tiny").Text("general.license", "mit")
            .Number("llama.embedding_length", Width).Number("llama.feed_forward_length", Inner).Number("llama.block_count", Layers).Number("llama.context_length", Context)
            .Number("llama.attention.head_count", Heads).Number("llama.attention.head_count_kv", Heads).Single("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Text("tokenizer.ggml.model", "gpt2").Text("tokenizer.ggml.pre", "gpt-2").Texts("tokenizer.ggml.tokens", [.. alphabet, "<s>", "</s>"])
            .Integers("tokenizer.ggml.token_type", [.. alphabet.Select(_ => 1), 3, 3]).Texts("tokenizer.ggml.merges")
            .Number("tokenizer.ggml.bos_token_id", 256).Number("tokenizer.ggml.eos_token_id", 257)
            .Text("tokenizer.chat_template", "{% for message in messages %}{{ message['content'] }}{{ eos_token if message['role'] == 'assistant' else ' ' }}{% endfor %}");
        Matrix("token_embd", 258, Width);
        for (int layer = 0; layer < Layers; layer++)
        {
            string block = $"blk.{layer}.";
            foreach (string name in (string[])["attn_q", "attn_k", "attn_v", "attn_output"]) Matrix(block + name, Width, Width);
            Matrix(block + "ffn_gate", Inner, Width);
            Matrix(block + "ffn_up", Inner, Width);
            if (layer == 0) Matrix(block + "ffn_down", Width, Inner);
            else bytes.Floats(block + "ffn_down.weight", [Width, Inner], Enumerable.Range(0, Width * Inner).Select(_ => (float)random.NextDouble() - 0.5f));
            foreach (string name in (string[])["attn_norm", "ffn_norm"]) bytes.Floats($"{block}{name}.weight", [Width], Enumerable.Repeat(1f, Width));
        }
        bytes.Floats("output_norm.weight", [Width], Enumerable.Repeat(1f, Width));
        string path = world.PathOf("tiny.gguf");
        bytes.WriteTo(path);
        return path;

        void Matrix(string name, int rows, int columns)
        {
            byte[] data = new byte[rows * columns / 32 * 34];
            random.NextBytes(data);
            for (int at = 0; at < data.Length; at += 34) BitConverter.TryWriteBytes(data.AsSpan(at), (Half)0.002f);
            bytes.Tensor(name + ".weight", GgmlType.Q8_0, [rows, columns], data);
        }
    }
}
