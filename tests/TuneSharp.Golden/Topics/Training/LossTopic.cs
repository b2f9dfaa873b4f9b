using System.Globalization;
using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>training/losses: values and gradients of losses over given logits.</summary>
internal sealed class LossTopic : IGoldenTopic
{
    private const string FileName = "losses.json";
    private const double Tolerance = 1e-5;

    public string Topic => "training/losses";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        TorchRuntime.EnsureLoaded();
        if (!File.Exists(Path.Combine(folder, FileName))) yield break;
        JsonElement file = GoldenFixtures.ReadJson(Path.Combine(folder, FileName));
        foreach (JsonProperty part in file.EnumerateObject().Where(part => part.Value.ValueKind == JsonValueKind.Object))
            foreach (JsonProperty loss in part.Value.EnumerateObject())
                yield return new GoldenCase($"{FileName}/{part.Name}/{loss.Name}", () => part.Name == "losses" ? Compare(folder, file, loss) : GoldenResult.NotBuilt($"{part.Name} {loss.Name}"));
    }

    public string? SpoilOne(string copy)
    {
        GoldenCase? agreed = Find(copy).FirstOrDefault(found => GoldenRun.RunOne(found).Agreed);
        if (agreed is null) return null;
        GoldenTensors.Move(Path.Combine(copy, "losses.safetensors"), "grad." + agreed.Name.Split('/')[^1], 25, (float)(10 * Tolerance));
        return agreed.Name;
    }

    private static GoldenResult Compare(string folder, JsonElement file, JsonProperty loss)
    {
        if (loss.Name.StartsWith("cls/", StringComparison.Ordinal)) return CompareClassifier(folder, loss);
        if (LossName.Parse(loss, file) is not { } known) return GoldenResult.NotBuilt($"the loss {loss.Name}");
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "losses.safetensors"));
        string logits = tensors.Tensors.ContainsKey("student_logits") ? "student_logits" : "logits";
        IReadOnlyList<long> shape = tensors.Require(logits).Shape;
        (int rows, int width, int v) = ((int)shape[0], (int)shape[1], (int)shape[2]);
        using var scope = NewDisposeScope();
        using var workspace = new Workspace();
        // With the identity as its weight the output head gives the logits as they are.
        using var head = new Parameter("identity", eye(v));
        int[][] labels = [.. tensors.Ids("labels").Chunk(width)];
        using TokenBatch batch = TokenBatch.FromRows([.. labels.Select(row => new int[row.Length])], labels);
        using var tape = new Tape(workspace);
        Var hidden = tape.Leaf(tensor(tensors.Floats(logits)).reshape(rows * width, v), needsGrad: true);
        Var value = tape.CrossEntropy(hidden, new Linear("head", head), batch, known.Divisor, form: known.Form);
        double found = value.Data.item<float>();
        tape.Backward(value);
        using Nn.Buffer grad = Tape.GradientOf(hidden)!;
        return GoldenResult.All(
        [
            RecordedRows.Relative(found, loss.Value.GetProperty("value").GetDouble(), Tolerance, loss.Name),
            .. tensors.Tensors.ContainsKey("grad." + loss.Name) ? [GoldenTensors.Close(grad.Tensor.data<float>().ToArray(), tensors.Floats("grad." + loss.Name), Tolerance, "gradient of " + loss.Name)] : Array.Empty<GoldenResult>(),
        ]);
    }

    /// <summary>The loss of a sequence classifier's head, by the name that config.json gives the problem.</summary>
    private static GoldenResult CompareClassifier(string folder, JsonProperty loss)
    {
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "losses.safetensors"));
        IReadOnlyList<long> shape = tensors.Require("cls/logits").Shape;
        (int rows, int width) = ((int)shape[0], (int)shape[1]);
        using var scope = NewDisposeScope();
        using var workspace = new Workspace();
        using var tape = new Tape(workspace);
        Var logits = tape.Leaf(tensor(tensors.Floats("cls/logits")).reshape(rows, width), needsGrad: true);
        string problem = loss.Name["cls/".Length..], labels = loss.Name + "/labels";
        Var? value = problem switch
        {
            "single_label_classification" => tape.ClassLoss(logits, tensors.Ids(labels), rows),
            "multi_label_classification" => tape.BinaryLoss(logits, [.. tensors.Floats(labels).Chunk(width)], rows),
            "regression" => tape.SquaredLoss(logits, [.. tensors.Floats(labels).Chunk(width)], rows),
            _ => null,
        };
        if (value is null) return GoldenResult.NotBuilt($"the problem {problem}");
        double found = value.Data.item<float>();
        tape.Backward(value);
        using Nn.Buffer grad = Tape.GradientOf(logits)!;
        return GoldenResult.All(
        [
            RecordedRows.Relative(found, loss.Value.GetProperty("value").GetDouble(), Tolerance, loss.Name),
            GoldenTensors.Close(grad.Tensor.data<float>().ToArray(), tensors.Floats(loss.Name + "/grad"), Tolerance, "gradient of " + loss.Name),
        ]);
    }

    /// <summary>What the name of a recorded loss and the equation beside it say.</summary>
    private sealed record LossName(TokenLoss Form, double Divisor)
    {
        public static LossName? Parse(JsonProperty loss, JsonElement file)
        {
            string equation = loss.Value.TryGetProperty("equation", out JsonElement text) ? text.GetString()! : "", name = loss.Name;
            double divisor = file.GetProperty("tokens_counted").GetInt32();
            if (name.EndsWith("_num_items", StringComparison.Ordinal))
            {
                // "same, sum / num_items_in_batch (29)"
                divisor = double.Parse(equation[(equation.LastIndexOf('(') + 1)..equation.LastIndexOf(')')], CultureInfo.InvariantCulture);
                name = name[..^"_num_items".Length];
            }
            if (name is "cross_entropy" or "cross_entropy_chunked") return new(TokenLoss.Plain, divisor);
            // "cross_entropy + 0.01 * mean(…)"
            if (name == "z_loss") return new(new TokenLoss(ZLoss: double.Parse(equation.Split(' ')[2], CultureInfo.InvariantCulture)), divisor);
            if (Number("focal_") is { } gamma) return new(new TokenLoss(FocalGamma: gamma), divisor);
            // The one that is divided by a given number does not name its share: it is that of the first that does.
            if (name == "label_smoothing") name = file.GetProperty("losses").EnumerateObject().Select(other => other.Name).First(other => other.StartsWith("label_smoothing_0", StringComparison.Ordinal));
            return Number("label_smoothing_") is { } smoothing ? new(new TokenLoss(smoothing), divisor) : null;

            double? Number(string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) && double.TryParse(name[prefix.Length..], CultureInfo.InvariantCulture, out double number) ? number : null;
        }
    }
}
