using System.Text;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Formats.Tests.ModelConfigs;

/// <summary>Damaged JSON files by the thousand: each is read, or refused with an <see cref="InvalidInputException"/>.</summary>
public sealed class ConfigFuzzTests
{
    private const string Config = """
        {"architectures":["Qwen2ForCausalLM"],"model_type":"qwen2","hidden_size":32,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":null,
         "num_hidden_layers":2,"vocab_size":64,"max_position_embeddings":128,"rms_norm_eps":1e-5,"torch_dtype":"bfloat16","eos_token_id":[1,2],
         "layer_types":["full_attention","sliding_attention"],"sliding_window":8,"use_sliding_window":true,"max_window_layers":1,
         "rope_parameters":{"rope_type":"yarn","rope_theta":1e6,"factor":4.0,"original_max_position_embeddings":32,"beta_fast":32,"truncate":true}}
        """;

    private const string Index = """{"metadata":{"total_size":8},"weight_map":{"a":"one.safetensors","b":"one.safetensors"}}""";

    private static readonly string[] Pieces =
    [
        "0", "-1", "1e400", "1.5", "9223372036854775808", "null", "true", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[[[", "{\"a\":{\"a\":", ",", ":", "]", "}", "\"",
        "../", "NaN", "\"yarn\"", "\"llama3\"", "\"longrope\"", "\"short_factor\":[1,2],", "\"type\":\"su\",", "\uFEFF", "é",
    ];

    private static byte[] Mutate(string text, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int changes = 1 + random.Next(3); changes > 0 && bytes.Length > 10; changes--)
        {
            int at = random.Next(bytes.Length), count = Math.Min(random.Next(1, 12), bytes.Length - at);
            byte[] piece = random.Next(3) == 0 ? [(byte)random.Next(256)] : Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]);
            bytes = random.Next(3) switch
            {
                0 => [.. bytes[..at], .. piece, .. bytes[at..]],
                1 => [.. bytes[..at], .. piece, .. bytes[(at + count)..]],
                _ => ReplaceValue(bytes, at, piece),
            };
        }
        return bytes;
    }

    // From behind the next colon to the next comma: a whole value is exchanged.
    private static byte[] ReplaceValue(byte[] bytes, int at, byte[] piece)
    {
        int colon = bytes.AsSpan(at).IndexOf((byte)':');
        if (colon < 0) return bytes;
        int start = at + colon + 1, comma = bytes.AsSpan(start).IndexOfAny((byte)',', (byte)'}');
        return comma < 0 ? bytes : [.. bytes[..start], .. piece, .. bytes[(start + comma)..]];
    }

    [Fact]
    public void ConfigsAreReadOrRefused()
    {
        using var folder = new TemporaryFolder();
        int read = 0;
        for (int i = 0; i < 2000; i++)
        {
            File.WriteAllBytes(folder["config.json"], Mutate(Config, i));
            try
            {
                HfConfig config = HfConfig.Load(folder.Path);
                _ = (config.DType, config.Attention, config.Rope, config.GetIds("eos_token_id"), config.SlidingWindows(config.GetInt("num_hidden_layers", 1, 1000)));
                read++;
            }
            catch (InvalidInputException e) { e.Message.ShouldStartWith(folder.Path); }
        }
        read.ShouldBeInRange(1, 1999);
    }

    [Fact]
    public void IndexesAndAdapterConfigsAreReadOrRefused()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 500; i++)
        {
            File.WriteAllBytes(folder[CheckpointFolder.IndexFile], Mutate(Index, i));
            Should.Throw<InvalidInputException>(() => CheckpointFolder.Open(folder.Path)); // the shard is never there
            File.WriteAllBytes(folder[AdapterFolder.ConfigFile], Mutate("""{"peft_type":"LORA","r":4,"target_modules":["q_proj"]}""", i));
            Should.Throw<InvalidInputException>(() => AdapterFolder.Open(folder.Path)); // nor are the weights
        }
    }
}
