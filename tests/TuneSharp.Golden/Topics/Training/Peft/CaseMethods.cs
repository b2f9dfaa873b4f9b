using System.Text.Json;
using System.Text.RegularExpressions;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.PartialFreezing;
using TuneSharp.Peft.Prompts;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>What a case trains, as it was before the first step.</summary>
internal static partial class CaseMethods
{
    /// <summary>The recorded adapter, or a part of the model itself.</summary>
    public static ITuningMethod Start(string folder, JsonElement run, TunableModel model)
    {
        string adapter = Path.Combine(folder, "adapter_init");
        if (!Directory.Exists(adapter)) return InModel(run, model);
        string encoder = Path.Combine(folder, "encoder_init.safetensors");
        return File.Exists(encoder) ? WithEncoder(adapter, encoder, model) : PeftCatalog.LoadAdapter(adapter, model);
    }

    /// <summary>PEFT's folder with the network that PEFT did not save, as this program lays it beside.</summary>
    private static ITuningMethod WithEncoder(string adapter, string encoder, TunableModel model)
    {
        string together = Directory.CreateTempSubdirectory("tunesharp-adapter-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(adapter)) File.Copy(file, Path.Combine(together, Path.GetFileName(file)));
            using SafetensorsFile recorded = SafetensorsFile.Open(encoder);
            SafetensorsWriter.Write(Path.Combine(together, PromptMethod.EncoderFile), [.. recorded.Tensors.Values.Select(entry =>
                new TensorToWrite(PeftRecords.Plain(entry.Name), entry.DType, [.. entry.Shape], stream => stream.Write(recorded.ReadBytes(entry))))]);
            return PeftCatalog.LoadAdapter(together, model);
        }
        finally
        {
            Directory.Delete(together, recursive: true);
        }
    }

    /// <summary>Everything, the biases, the last layers with what stands outside of them, or single names.</summary>
    private static ITuningMethod InModel(JsonElement run, TunableModel model)
    {
        HashSet<string> trained = [.. run.GetProperty("trainable").GetProperty("names").EnumerateObject().Select(entry => entry.Name)];
        string[] all = [.. model.Parameters.Select(parameter => parameter.Name)];
        if (trained.SetEquals(all)) return New("full", new NoOptions());
        string[] heads = [.. model.TaskHeads.SelectMany(head => (Parameter?[])[head.Weight, head.Bias]).OfType<Parameter>().Select(parameter => parameter.Name)];
        if (trained.Except(heads).All(name => name.EndsWith(".bias", StringComparison.Ordinal))) return New("bitfit", new NoOptions());

        int[] layers = [.. all.Select(LayerOf).OfType<int>().Distinct().Order()], wanted = [.. trained.Select(LayerOf).OfType<int>().Distinct().Order()];
        bool isLast = wanted.SequenceEqual(layers.TakeLast(wanted.Length)) && all.Where(name => LayerOf(name) is { } layer && wanted.Contains(layer)).All(trained.Contains);
        string[] outside = [.. trained.Where(name => LayerOf(name) is null).Select(name => name[..name.LastIndexOf('.')]).Distinct()];
        return New("freeze", isLast
            ? new PartialFreezingSettings { FreezeTrainableLayers = wanted.Length, FreezeExtraModules = outside }
            : new PartialFreezingSettings { UnfrozenParameters = [.. trained.Select(name => Regex.Escape(name) + "$")] });

        ITuningMethod New(string method, IMethodOptions options) => PeftCatalog.Find(method).Create(new MethodRequest(options, model, 1, null));
    }

    private static int? LayerOf(string name) => LayerNumber().Match(name) is { Success: true } match ? int.Parse(match.Groups["number"].ValueSpan) : null;

    [GeneratedRegex(@"\.(?<number>\d+)\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LayerNumber();
}
