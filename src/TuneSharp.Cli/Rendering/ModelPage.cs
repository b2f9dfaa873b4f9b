using TuneSharp.Application.Models;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Rendering;

/// <summary>What `model inspect` shows.</summary>
internal static class ModelPage
{
    public static void Write(CommandHost host, ModelInspection model)
    {
        Wording words = host.Words;
        host.Terminal.Out.WriteLine(model.Path);
        if (model.Name is not null) host.Line(ModelTexts.Called, model.Name);
        host.Line(ModelTexts.Family, model.Family, model.Layout);
        if (model.WhyNot is null) host.Line(model.Sizes is { TiedEmbeddings: null } ? ModelTexts.UsableForRows : ModelTexts.Usable);
        else host.Line(ModelTexts.Unusable, model.WhyNot);
        host.Line(ModelTexts.Parameters, Count(model.Parameters));
        host.Line(ModelTexts.Stored, string.Join(", ", model.StoredTypes.Select(type => words.Say(ModelTexts.StoredType, type.Type, type.Tensors, $"{type.Bytes / 1e6:0.#}"))));
        if (model.Sizes is { } sizes)
        {
            host.Line(ModelTexts.Sizes, sizes.Layers, sizes.HiddenSize, sizes.IntermediateSize, sizes.Heads, sizes.KeyValueHeads, sizes.HeadDim);
            if (sizes.Rope is null) host.Line(ModelTexts.LearnedContext, sizes.Context);
            else host.Line(ModelTexts.Context, sizes.Context, sizes.Rope);
            host.Line(ModelTexts.Head, sizes.Vocabulary, words[sizes.TiedEmbeddings switch { true => ModelTexts.Tied, false => ModelTexts.Untied, null => ModelTexts.None }]);
            if (sizes.Labels.Count > 0) host.Line(ModelTexts.Labels, sizes.Labels.Count, string.Join(", ", sizes.Labels));
        }
        if (model.Tokenizer is { } tokenizer)
        {
            string none = words[ModelTexts.None];
            host.Line(ModelTexts.Tokenizer, tokenizer.Tokens, tokenizer.Bos ?? none, tokenizer.Eos ?? none, tokenizer.Pad ?? none, words[tokenizer.AddsBos ? ModelTexts.AddsBos : ModelTexts.AddsNothing]);
            host.Line(ModelTexts.Template, words[model.HasChatTemplate ? ModelTexts.Own : ModelTexts.None]);
        }
        host.Line(ModelTexts.Licence, model.Licence ?? words[ModelTexts.NotNamed]);
        if (model.Memory.Count > 0) WriteMemory(host, model);
        foreach (string warning in model.Warnings) host.Line(CommonTexts.Note, warning);
    }

    private static void WriteMemory(CommandHost host, ModelInspection model)
    {
        Wording words = host.Words;
        host.Line(ModelTexts.Memory, model.MemoryTokens);
        var grid = new Grid(words[ModelTexts.MemoryUse], words[ModelTexts.MemoryWeights], words[ModelTexts.MemoryNeed]) { Numbers = { 2 } };
        foreach (MemoryNeed need in model.Memory) grid.Add(words[UseOf(need.Use)], need.Weights, Size(need.Bytes));
        grid.Write(host.Terminal);
    }

    private static Text UseOf(string use) => use switch
    {
        "inference" => ModelTexts.UseInference,
        "lora" => ModelTexts.UseLora,
        _ => ModelTexts.UseFull,
    };

    private static string Count(long number) => number >= 1e9 ? $"{number / 1e9:0.00} B ({number})" : number >= 1e6 ? $"{number / 1e6:0.0} M ({number})" : $"{number}";

    private static string Size(long bytes) => bytes >= 1 << 30 ? $"{bytes / (double)(1 << 30):0.0} GiB" : $"{bytes / (double)(1 << 20):0} MiB";
}
