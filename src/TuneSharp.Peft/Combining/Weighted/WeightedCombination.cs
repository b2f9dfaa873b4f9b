// I = in, O = out, r = rank, k = adapters
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Lora.Initialisation;
using TuneSharp.Peft.Targets;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Combining.Weighted;

/// <summary>An adapter that takes part in a combination.</summary>
/// <param name="Folder">PEFT layout.</param>
/// <param name="Weight">Multiplies what it does; may be negative.</param>
public sealed record WeightedAdapter(string Folder, double Weight);

/// <summary>
/// Several LoRA adapters as a new one, from their folders alone: no model is loaded. The numbers are those of PEFT's
/// add_weighted_adapter; with w' = weight · s:
/// <code>
/// factors:       A = combine(sign(w'_k) sqrt|w'_k|, A_k)      B = combine(sqrt|w'_k|, B_k)
/// side by side:  A = [w'_k A_k]                                B = [B_k]
/// products:      U S V^T = combine(weight_k, s_k B_k A_k)       A = V_r^T      B = U_r S_r
/// </code>
/// The result has the rank r and lora_alpha = r, so its scale is 1 (PEFT keeps use_rslora of the first adapter, which makes it
/// sqrt(r) times too strong; <see cref="AsPeftScales"/> does so too).
/// </summary>
public sealed record WeightedCombination(CombinationKind Kind)
{
    /// <summary>Share of the numbers that pruning keeps, above 0 to 1.</summary>
    public double Density { get; init; } = 1;

    /// <summary>TIES counts signs instead of adding numbers.</summary>
    public bool ByFrequency { get; init; }

    /// <summary>Rank of a result that is decomposed; null: the largest of the adapters.</summary>
    public int? SvdRank { get; init; }

    /// <summary>Of DARE's random masks.</summary>
    public long Seed { get; init; }

    /// <summary>Keeps use_rslora of the first adapter although the factors hold every scale already.</summary>
    public bool AsPeftScales { get; init; }

    /// <summary>In tests: recorded masks in place of DARE's own.</summary>
    internal Func<int, string, Tensor, Tensor>? RecordedMasks { get; init; }

    /// <summary>The new adapter's files.</summary>
    /// <param name="adapters">At least one; of one base.</param>
    /// <exception cref="InvalidInputException">Something cannot be combined: the text names the adapter and what to do.</exception>
    public AdapterContents Combine(IReadOnlyList<WeightedAdapter> adapters)
    {
        Check(adapters);
        TorchRuntime.EnsureLoaded();
        var stored = new List<StoredLora>();
        try
        {
            foreach (WeightedAdapter adapter in adapters) stored.Add(StoredLora.Open(adapter.Folder));
            return Combine(stored, [.. adapters.Select(adapter => adapter.Weight)]);
        }
        finally
        {
            foreach (StoredLora lora in stored) lora.Dispose();
        }
    }

    private AdapterContents Combine(List<StoredLora> adapters, double[] weights)
    {
        // As PEFT: one adapter alone can only be scaled.
        CombinationKind kind = adapters.Count == 1 ? CombinationKind.Find("linear") : Kind;
        int rank = RankOf(kind, adapters);
        LoraConfig first = adapters[0].Config;
        LoraConfig config = first with
        {
            Rank = rank,
            Alpha = rank,
            UseRslora = AsPeftScales && first.UseRslora,
            RankPattern = ModuleValues.None,
            AlphaPattern = ModuleValues.None,
            TargetModules = TargetsOf(adapters),
            Start = LoraStart.Default,
        };
        var vectors = new TaskVectors(kind, Density, ByFrequency, RecordedMasks ?? TaskVectors.RandomMasks(Seed, Density));
        var tensors = new List<TensorToWrite>();
        foreach (string module in adapters.SelectMany(adapter => adapter.Modules.Keys).Distinct())
        {
            (int Place, LoraFactors Factors)[] parts = [.. adapters.Select((adapter, i) => (i, adapter.Modules.GetValueOrDefault(module))).Where(part => part.Item2 is not null).Select(part => (part.i, part.Item2!))];
            CheckShapes(module, parts, adapters, kind);
            double[] scaled = [.. parts.Select(part => weights[part.Place] * part.Factors.Scale)];
            (Tensor a, Tensor b) = kind.Form switch
            {
                CombinedForm.SideBySide => SideBySide(parts, weights, rank),
                CombinedForm.Products => Products(vectors, module, parts, weights, rank),
                _ => Factors(vectors, module, parts, scaled),
            };
            bool embedding = parts[0].Factors.IsEmbedding;
            tensors.Add(Owned(module + (embedding ? LoraNames.EmbeddingA : LoraNames.A), a));
            tensors.Add(Owned(module + (embedding ? LoraNames.EmbeddingB : LoraNames.B), b));
        }
        return new AdapterContents(config.ToJson(), tensors);
    }

    private static (Tensor, Tensor) Factors(TaskVectors vectors, string module, (int Place, LoraFactors Factors)[] parts, double[] scaled) => (
        vectors.Combine(module + ".lora_A", [.. parts.Select(part => part.Factors.A_rI)], [.. scaled.Select(weight => Math.Sqrt(Math.Abs(weight)) * (weight >= 0 ? 1 : -1))]),
        vectors.Combine(module + ".lora_B", [.. parts.Select(part => part.Factors.B_Or)], [.. scaled.Select(weight => Math.Sqrt(Math.Abs(weight)))]));

    private static (Tensor, Tensor) SideBySide((int Place, LoraFactors Factors)[] parts, double[] weights, int rank)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a_rI = zeros(rank, parts[0].Factors.A_rI.shape[1]), b_Or = zeros(parts[0].Factors.B_Or.shape[0], rank);
        long at = 0;
        foreach ((int place, LoraFactors factors) in parts)
        {
            long own = factors.A_rI.shape[0];
            a_rI.narrow(0, at, own).copy_(factors.A_rI.mul(Number.Of(weights[place])).mul(Number.Of(factors.Scale)));
            b_Or.narrow(1, at, own).copy_(factors.B_Or);
            at += own;
        }
        return (a_rI.MoveToOuterDisposeScope(), b_Or.MoveToOuterDisposeScope());
    }

    private static (Tensor, Tensor) Products(TaskVectors vectors, string module, (int Place, LoraFactors Factors)[] parts, double[] weights, int rank)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor delta_OI = vectors.Combine(module, [.. parts.Select(part => part.Factors.B_Or.mm(part.Factors.A_rI).mul(Number.Of(part.Factors.Scale)))], [.. parts.Select(part => weights[part.Place])]);
        if (rank > Math.Min(delta_OI.shape[0], delta_OI.shape[1]))
            throw new InvalidInputException($"The rank {rank} of the combination is above the sizes of {module} ({delta_OI.shape[0]} × {delta_OI.shape[1]}).", null, $"Choose a rank of at most {Math.Min(delta_OI.shape[0], delta_OI.shape[1])}.");
        (Tensor u, Tensor s, Tensor vh) = linalg.svd(delta_OI, fullMatrices: false);
        return (vh.narrow(0, 0, rank).contiguous().MoveToOuterDisposeScope(), u.narrow(1, 0, rank).mul(s.narrow(0, 0, rank)).MoveToOuterDisposeScope());
    }

    private int RankOf(CombinationKind kind, List<StoredLora> adapters)
    {
        int[] ranks = [.. adapters.Select(adapter => adapter.LargestRank)];
        if (kind.Form == CombinedForm.SideBySide) return ranks.Sum();
        if (kind.Form == CombinedForm.Products) return SvdRank ?? ranks.Max();
        int other = Array.FindIndex(ranks, rank => rank != ranks[0]);
        return other < 0 ? ranks[0] : throw new InvalidInputException($"The adapters have the ranks {ranks[0]} and {ranks[other]}; `{kind.Name}` needs equal ones.", adapters[other].Folder, "Choose cat, or one of the kinds that end with svd.");
    }

    private static TargetModules TargetsOf(List<StoredLora> adapters)
    {
        TargetModules[] targets = [.. adapters.Select(adapter => adapter.Config.TargetModules)];
        if (targets.All(target => target.Pattern is null)) return TargetModules.List([.. targets.SelectMany(target => target.Names).Distinct()]);
        int list = Array.FindIndex(targets, target => target.Pattern is null);
        if (list >= 0) throw new InvalidInputException("One adapter has a list in target_modules, another one a pattern.", adapters[list].Folder, "Write both as lists into their adapter_config.json.");
        return TargetModules.Matching(string.Join('|', targets.Select(target => $"({target.Pattern})")));
    }

    private static void CheckShapes(string module, (int Place, LoraFactors Factors)[] parts, List<StoredLora> adapters, CombinationKind kind)
    {
        LoraFactors first = parts[0].Factors;
        foreach ((int place, LoraFactors factors) in parts)
        {
            bool sameBase = factors.A_rI.shape[1] == first.A_rI.shape[1] && factors.B_Or.shape[0] == first.B_Or.shape[0];
            if (!sameBase) throw new InvalidInputException($"The adapters have {module} in different sizes.", adapters[place].Folder, "Combine adapters of one base only.");
            if (kind.Form == CombinedForm.Factors && factors.A_rI.shape[0] != first.A_rI.shape[0])
                throw new InvalidInputException($"The adapters have {module} in the ranks {first.A_rI.shape[0]} and {factors.A_rI.shape[0]}; `{kind.Name}` needs equal ones.", adapters[place].Folder, "Choose cat, or one of the kinds that end with svd.");
        }
    }

    private void Check(IReadOnlyList<WeightedAdapter> adapters)
    {
        if (adapters.Count == 0) throw new InvalidInputException("No adapter is named.", null, "Name at least two adapters.");
        if (adapters.FirstOrDefault(adapter => !double.IsFinite(adapter.Weight)) is { } wrong) throw new InvalidInputException($"The weight of an adapter is {wrong.Weight}.", wrong.Folder, "Give a number; 1 is as trained.");
        if (Kind.Pruning != Pruning.None && Density is not (> 0 and <= 1)) throw new InvalidInputException($"The density is {Density}; it must be above 0 and at most 1.", null, "0.5 is usual.");
        if (SvdRank is <= 0) throw new InvalidInputException($"The rank of the combination is {SvdRank}; it must be at least 1.", null, "Leave it away to get the largest rank of the adapters.");
    }

    /// <summary>The file's bytes are read when it is written, after everything else was disposed.</summary>
    private static TensorToWrite Owned(string name, Tensor values) => StoredTensor.ToWrite(name, values.DetachFromDisposeScope());
}
