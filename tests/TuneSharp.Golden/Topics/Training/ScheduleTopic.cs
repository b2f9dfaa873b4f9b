using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Schedules;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>training/schedulers.json: rates of Hugging Face's schedules, and the rules for warm-up and step counts.</summary>
internal sealed class ScheduleTopic : IGoldenTopic
{
    private const string FileName = "schedulers.json";
    private const double Tolerance = 1e-12;

    public string Topic => "training";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        foreach (string other in Directory.GetFiles(folder, "*.json").Select(path => Path.GetFileName(path)!).Where(name => name != FileName && GoldenFixtures.IsCaseFile(name)).Order())
            yield return new GoldenCase(other, () => GoldenResult.NotBuilt(other));
        if (!File.Exists(Path.Combine(folder, FileName))) yield break;
        JsonElement file = GoldenFixtures.ReadJson(Path.Combine(folder, FileName));
        int index = 0;
        foreach (JsonElement schedule in file.GetProperty("schedules").EnumerateArray())
            yield return new GoldenCase($"{FileName}/{index++:000}-{schedule.GetProperty("name").GetString()}", () => CompareSchedule(schedule));
        foreach (JsonProperty rule in file.GetProperty("rules").EnumerateObject())
        {
            if (rule.Value.ValueKind != JsonValueKind.Array) continue;
            int entry = 0;
            foreach (JsonElement example in rule.Value.EnumerateArray())
                yield return new GoldenCase($"{FileName}/{rule.Name}-{entry++:000}", () => CompareRule(rule.Name, example));
        }
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, FileName);
        JsonArray schedules = JsonNode.Parse(File.ReadAllText(path))!["schedules"]!.AsArray();
        int index = schedules.ToList().FindIndex(schedule => schedule!["name"]!.GetValue<string>() == "linear");
        if (index < 0) return null;
        JsonArray rates = schedules[index]!["lr_per_step"]!.AsArray();
        int at = rates.ToList().FindIndex(rate => rate!.GetValue<double>() > 0);
        rates[at] = rates[at]!.GetValue<double>() * (1 + 10 * Tolerance);
        File.WriteAllText(path, schedules.Root.ToJsonString());
        return $"{FileName}/{index:000}-linear";
    }

    private static GoldenResult CompareSchedule(JsonElement recorded)
    {
        string name = recorded.GetProperty("name").GetString()!;
        if (!ScheduleCatalog.Names.Contains(name)) return GoldenResult.NotBuilt($"the schedule {name}");
        double peak = recorded.GetProperty("lr").GetDouble();
        JsonObject arguments = JsonNode.Parse(recorded.GetProperty("scheduler_specific_kwargs").GetRawText())!.AsObject();
        bool refused = recorded.TryGetProperty("error", out JsonElement error);
        LearningRateSchedule schedule;
        try
        {
            schedule = LearningRateSchedule.Create(name, peak, recorded.GetProperty("num_warmup_steps").GetInt32(), recorded.GetProperty("num_training_steps").GetInt32(), arguments);
        }
        catch (InvalidInputException e)
        {
            return GoldenResult.Equal(refused, e.Message);
        }

        if (refused) return GoldenResult.Equal(false, $"accepted what the reference refuses: {error.GetString()}");
        double worst = 0;
        // Those that follow a metric get it after each step.
        double[] metrics = recorded.TryGetProperty("metrics", out JsonElement given) ? [.. given.EnumerateArray().Select(metric => metric.GetDouble())] : [];
        double[] rates = [.. recorded.GetProperty("lr_per_step").EnumerateArray().Select(rate => rate.GetDouble()), .. recorded.TryGetProperty("lr_after", out JsonElement after) ? [after.GetDouble()] : Array.Empty<double>()];
        foreach ((int step, double expected) in rates.Index())
        {
            double found = schedule.At(step);
            if (step < metrics.Length) schedule.Observe(metrics[step]);
            // A rate that is 0 but for the cosine's rounding has no relative error; the peak is its measure.
            worst = Math.Max(worst, Math.Abs(found - expected) / Math.Max(Math.Abs(expected), 1e-3 * peak));
        }

        return new GoldenResult(worst <= Tolerance, worst, Tolerance, worst <= Tolerance ? null : "rates differ (relative)");
    }

    private static GoldenResult CompareRule(string rule, JsonElement e)
    {
        if (rule == "warmup")
        {
            int found = LearningRateSchedule.ResolveWarmup(e.GetProperty("warmup_steps").GetDouble(), e.GetProperty("total").GetInt32());
            return GoldenResult.Equal(found == e.GetProperty("steps").GetInt32(), $"{found} warm-up steps instead of {e.GetProperty("steps")}");
        }

        if (rule != "steps_per_epoch") return GoldenResult.NotBuilt($"the rule {rule}");
        StepPlan plan = StepPlan.Create(e.GetProperty("examples").GetInt32(), e.GetProperty("batch").GetInt32(), e.GetProperty("accumulation").GetInt32(),
            e.GetProperty("epochs").GetDouble(), e.GetProperty("max_steps_arg").GetInt32(), e.GetProperty("drop_last").GetBoolean());
        bool same = plan.MicroBatchesPerEpoch == e.GetProperty("micro_batches_per_epoch").GetInt32()
            && plan.StepsPerEpoch == e.GetProperty("update_steps_per_epoch").GetInt32()
            && plan.TotalSteps == e.GetProperty("max_steps").GetInt32()
            && (e.GetProperty("max_steps_arg").GetInt32() > 0 || plan.NumEpochs == e.GetProperty("num_train_epochs").GetInt32());
        return GoldenResult.Equal(same, $"{plan} instead of {e.GetRawText()}");
    }
}
