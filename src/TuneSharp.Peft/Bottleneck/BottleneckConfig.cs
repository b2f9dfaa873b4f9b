using TuneSharp.Formats;
using TuneSharp.Nn;

namespace TuneSharp.Peft.Bottleneck;

/// <summary>What a bottleneck adapter is, in the words of the library `adapters`.</summary>
public sealed record BottleneckConfig
{
    /// <summary>Behind attention too.</summary>
    public bool AfterAttention { get; init; }

    /// <summary>Behind the MLP.</summary>
    public bool AfterMlp { get; init; } = true;

    /// <summary>It reads what went into the sub-layer instead of what came out.</summary>
    public bool IsParallel { get; init; }

    public double ReductionFactor { get; init; } = 16;

    /// <summary>The library's name of the activation.</summary>
    public string NonLinearity { get; init; } = "relu";

    public double Scaling { get; init; } = 1;

    /// <summary>The sum and the model's own norm come before the adapter, and again behind it.</summary>
    public bool OriginalNormBefore { get; init; }

    /// <summary>The adapter's residual is the sub-layer's output, not what <see cref="OriginalNormBefore"/> made of it.</summary>
    public bool ResidualBeforeNorm { get; init; } = true;

    /// <summary>The residual is added before the adapter's own norm behind it.</summary>
    public bool AdapterResidualBeforeNorm { get; init; }

    public bool NormBefore { get; init; }

    public bool NormAfter { get; init; }

    /// <summary>How it was filled; has no effect after training.</summary>
    public string Init { get; init; } = "bert";

    /// <summary>Layers without an adapter.</summary>
    public IReadOnlyList<int> LeaveOut { get; init; } = [];

    /// <summary>Pfeiffer et al. 2020, arXiv:2005.00247.</summary>
    public static BottleneckConfig Sequential { get; } = new() { OriginalNormBefore = true };

    /// <summary>Houlsby et al. 2019, arXiv:1902.00751.</summary>
    public static BottleneckConfig DoubleSequential { get; } = new() { AfterAttention = true, NonLinearity = "swish" };

    /// <summary>He et al. 2021, arXiv:2110.04366.</summary>
    public static BottleneckConfig Parallel { get; } = new() { IsParallel = true, ReductionFactor = 2, Scaling = 4, Init = "mam_adapter" };

    public static IReadOnlyList<string> Activations { get; } = ["relu", "gelu", "gelu_new", "swish", "tanh"];

    /// <exception cref="InvalidInputException">There is no such kind.</exception>
    public static BottleneckConfig KindOf(string name) => name switch
    {
        "seq_bn" or "pfeiffer" => Sequential,
        "double_seq_bn" or "houlsby" => DoubleSequential,
        "par_bn" or "parallel" => Parallel,
        _ => throw new InvalidInputException($"`adapter_config` is {name}; it can be seq_bn, double_seq_bn or par_bn.", null, "Choose one of them."),
    };

    /// <returns>Null: not known.</returns>
    public static Activation? ActivationOf(string name) => name switch
    {
        "relu" => Activation.Relu,
        "gelu" => Activation.Gelu,
        "gelu_new" => Activation.GeluTanh,
        "swish" or "silu" => Activation.Silu,
        "tanh" => Activation.Tanh,
        _ => null,
    };

    public static BottleneckConfig Of(BottleneckSettings settings)
    {
        BottleneckConfig kind = KindOf(settings.AdapterConfig);
        return kind with
        {
            ReductionFactor = settings.ReductionFactor ?? kind.ReductionFactor,
            NonLinearity = settings.NonLinearity ?? kind.NonLinearity,
            Scaling = settings.AdapterScaling ?? kind.Scaling,
            NormBefore = settings.LnBefore,
            NormAfter = settings.LnAfter,
        };
    }

    /// <summary>Width of the adapter on a model of a width.</summary>
    public int WidthOf(int hidden) => Math.Max(1, (int)(hidden / ReductionFactor));
}
