using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Golden.Topics.BadFiles;

/// <summary>Hostile chat templates: a clear error or the recorded output, within the case's limits, and no file touched.</summary>
internal static class TemplateCases
{
    // How much longer the clock may run than the processor when other programs share it.
    private const int BusyMachine = 10;

    public static GoldenResult Judge(JsonNode found)
    {
        JsonNode limits = found["limits"]!;
        string? output = null, refusal = null;
        string[] before = Directory.GetFileSystemEntries(Environment.CurrentDirectory);
        ResourceWatch watch = ResourceWatch.Run(() =>
        {
            try { output = Render(found); }
            catch (InvalidInputException e) { refusal = e.Message; }
        });
        string? wrong = Expectation(found, output, refusal);
        double limit = 1000 * limits["seconds"]!.GetValue<double>();
        if (wrong is null && (watch.ProcessorMilliseconds > limit || watch.Milliseconds > BusyMachine * limit))
            wrong = $"it took {watch.ProcessorMilliseconds:0} ms of processor time, {watch.Milliseconds:0} ms on the clock";
        if (wrong is null && watch.PeakBytes > limits["memory_mb"]!.GetValue<long>() * 1_048_576) wrong = $"it took {watch.PeakBytes / 1_048_576} MiB";
        if (wrong is null && output?.Length > limits["output_chars"]!.GetValue<long>()) wrong = $"it printed {output.Length} characters";
        if (wrong is null && Directory.GetFileSystemEntries(Environment.CurrentDirectory).Except(before).Any()) wrong = "a file appeared";
        return GoldenResult.Equal(wrong is null, wrong);
    }

    private static string Render(JsonNode found)
    {
        ChatMessage[] messages = [.. found["messages"]!.AsArray().Select(message => ChatMessage.FromJson(message!.AsObject()))];
        var input = new ChatTemplateInput(messages) { AddGenerationPrompt = found["add_generation_prompt"]?.GetValue<bool>() ?? false };
        return ChatTemplate.Parse(found["template"]!.GetValue<string>()).Render(input).Text;
    }

    private static string? Expectation(JsonNode found, string? output, string? refusal)
    {
        if (found["expect"]!.GetValue<string>() == "accept")
            return refusal is not null ? "refused: " + refusal : output == found["reference"]?["output"]?.GetValue<string>() ? null : "another output";
        if (refusal is null)
            return found["or_output"] is { } allowed && output == allowed.GetValue<string>() ? null : "accepted: " + found["why"]!.GetValue<string>();
        string? missing = found["error_must_name"]?.AsArray().Select(name => name!.GetValue<string>()).FirstOrDefault(name => !refusal.Contains(name, StringComparison.OrdinalIgnoreCase));
        return missing is null ? null : $"'{missing}' is not in: {refusal}";
    }
}
