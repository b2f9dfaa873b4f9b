using TuneSharp.Application.Models;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Peft;
using TuneSharp.Peft.Combining.Weighted;

namespace TuneSharp.Application.Adapters;

/// <summary>Which adapters become one, and how.</summary>
/// <param name="Adapters">Two or more of one base; the scale of each is its weight.</param>
/// <param name="Out">The new folder; must not exist.</param>
/// <param name="How">A name of <see cref="CombinationKind.All"/>.</param>
/// <param name="Density">Share of the numbers that ties, dare and magnitude_prune keep.</param>
/// <param name="MajoritySign">total or frequency: how ties elects signs.</param>
/// <param name="Rank">Of a result that is decomposed; null: the largest of the adapters.</param>
/// <param name="Seed">Of dare's random masks.</param>
public sealed record CombineRequest(IReadOnlyList<AdapterReference> Adapters, string Out, string How = "cat", double Density = 0.5, string MajoritySign = "total", int? Rank = null, long Seed = 42);

/// <summary>What was made.</summary>
public sealed record CombineReport(string Folder, string How, int Rank, int Tensors, IReadOnlyList<string> Adapters);

/// <summary>Several LoRA adapters become a new adapter folder. No model is loaded.</summary>
public static class CombineAdapters
{
    /// <exception cref="InvalidInputException">Something cannot be combined; no folder is left.</exception>
    public static CombineReport Execute(CombineRequest request)
    {
        CombinationKind kind = CombinationKind.Find(request.How);
        if (request.Adapters.Count < 2) throw new InvalidInputException($"{request.Adapters.Count} adapter is named; a combination needs at least two.", null, "Name two or more, as in runs/a/adapter@0.7 runs/b/adapter@0.3.");
        if (request.MajoritySign is not ("total" or "frequency")) throw new InvalidInputException($"The majority sign is {request.MajoritySign}; it can be total or frequency.", null, "Choose one of them.");
        if (request.Rank is not null && kind.Form != CombinedForm.Products) throw new InvalidInputException($"A rank is given, but `{kind.Name}` does not decompose.", null, "Leave the rank away, or choose a kind that ends with svd.");
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Out));
        if (Path.Exists(target)) throw new InvalidInputException("The folder exists already; nothing is written over it.", target, "Choose another folder.");

        var combination = new WeightedCombination(kind) { Density = request.Density, ByFrequency = request.MajoritySign == "frequency", SvdRank = request.Rank, Seed = request.Seed };
        AdapterContents contents = combination.Combine([.. request.Adapters.Select(adapter => new WeightedAdapter(adapter.Folder, adapter.Scale))]);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        AtomicFolder.Write(target, temporary =>
        {
            contents.Write(temporary);
            string template = Path.Combine(request.Adapters[0].Folder, "chat_template.jinja");
            if (File.Exists(template)) File.Copy(template, Path.Combine(temporary, "chat_template.jinja"));
        });
        return new CombineReport(target, kind.Name, contents.Config["r"]!.GetValue<int>(), contents.Tensors.Count, [.. request.Adapters.Select(adapter => adapter.Name)]);
    }
}
