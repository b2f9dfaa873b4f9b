using System.Text.Json.Nodes;
using TuneSharp.Nn;
using TuneSharp.Peft.Bottleneck;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.PartialFreezing;
using TuneSharp.Peft.PrefixTuning;
using TuneSharp.Peft.PromptTuning;
using TuneSharp.Peft.PTuning;
using TuneSharp.Peft.Randomness;
using TuneSharp.Peft.Settings;
using TuneSharp.Peft.TrainableTokens;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Contract;

/// <summary>A method of the catalog with settings that fit the small models: its defaults but where these are too large or say nothing.</summary>
internal static class ContractCase
{
    /// <summary>Random rows before every row, or random networks behind every block: these change a model before they are trained.</summary>
    private static readonly string[] NotNeutral = ["prefix_tuning", "prompt_tuning", "p_tuning", "bottleneck"];

    public static bool StartsNeutral(string method) => !NotNeutral.Contains(method);

    public static TuningMethodEntry Entry(string method) => PeftCatalog.Find(method);

    public static IMethodOptions Options(string method) => method switch
    {
        "lora" => new LoraSettings { R = 2, TargetModules = ["all-linear"] },
        "trainable_tokens" => new TrainableTokensSettings { TokenIndices = new JsonArray(2, 5, 20) },
        "prefix_tuning" => new PrefixTuningSettings { NumVirtualTokens = 3, PrefixProjection = true, EncoderHiddenSize = 5 },
        "prompt_tuning" => new PromptTuningSettings { NumVirtualTokens = 3 },
        "p_tuning" => new PTuningSettings { NumVirtualTokens = 3, EncoderReparameterizationType = PromptEncoderKind.Lstm, EncoderHiddenSize = 4, EncoderNumLayers = 2 },
        "bottleneck" => new BottleneckSettings { AdapterConfig = "double_seq_bn", ReductionFactor = 4, LnBefore = true, AdapterScaling = 0.5 },
        "freeze" => new PartialFreezingSettings { FreezeTrainableLayers = 1 },
        _ => Entry(method).NewOptions(),
    };

    public static ITuningMethod Create(string method, TunableModel model)
    {
        ITuningMethod created = Entry(method).Create(new MethodRequest(Options(method), model, 7, "small-base"));
        PeftCatalog.StartTraining(created, model);
        return created;
    }

    /// <summary>Noise on everything that is trained: nothing is at 0 or 1 any more, so every gradient is alive.</summary>
    public static void Randomise(ITuningMethod method, double deviation = 0.2)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        ulong key = 100;
        foreach (Parameter parameter in method.Trained)
        {
            var noise = new float[parameter.NumElements];
            CounterRandom.FillNormal(noise, key++, deviation);
            parameter.Value.add_(tensor(noise).view(parameter.Value.shape));
        }
    }
}
