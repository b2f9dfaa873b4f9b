using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Estimates;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Estimates;

public sealed class MemoryEstimatorTests
{
    private static readonly HfConfig Config = HfConfig.Parse("""
        {"model_type": "llama", "vocab_size": 2000, "hidden_size": 96, "intermediate_size": 256, "num_hidden_layers": 6, "num_attention_heads": 6, "num_key_value_heads": 2,
         "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "tie_word_embeddings": true}
        """, "test");

    /// <summary>The buffers of a real step against the prediction: what no other process can disturb.</summary>
    [Theory]
    [InlineData("full", "q_proj", false)]
    [InlineData("full", "q_proj", true)]
    [InlineData("lora", "q_proj,v_proj", false)]
    [InlineData("lora", "all-linear", false)]
    [InlineData("lora", "all-linear", true)]
    public void The_buffers_of_a_step_are_predicted(string kind, string targets, bool recompute)
    {
        var method = new MethodSettings { Method = kind, Options = kind == "lora" ? new LoraSettings { R = 8, TargetModules = targets.Split(',') } : null };
        using ICausalLm model = ModelCatalog.CreateRandom(Config, 1);
        model.RecomputeBlocks = recompute;
        using ITuningMethod tuning = PeftCatalog.CreateForTraining(method, model.Tunable, 1, null);
        using Workspace workspace = model.CreateWorkspace();
        int[][] rows = [.. Enumerable.Range(0, 4).Select(r => Enumerable.Range(0, 256).Select(i => (i * 7 + r) % 2000).ToArray())];
        using (TokenBatch batch = TokenBatch.FromRows(rows, rows))
        using (var tape = new Tape(workspace)) tape.Backward(tape.CrossEntropy(model.Hidden(tape, batch), model.Head, batch, 1));

        MemoryEstimate estimate = MemoryEstimator.ForTraining(Config, method, torch.ScalarType.Float32, torch.ScalarType.Float32, 4 * 256, recompute);
        ((double)estimate.Activations / workspace.TotalBytes).ShouldBeInRange(0.8, 1.25, $"predicted {estimate.Activations >> 20} MB, held {workspace.TotalBytes >> 20} MB");
        estimate.Weights.ShouldBe(model.Parameters.Sum(p => p.NumElements) * 4);
        estimate.Gradients.ShouldBe(tuning.Trained.Sum(p => p.NumElements) * 4);
        estimate.Optimizer.ShouldBe(tuning.Trained.Sum(p => p.NumElements) * 8);
        tuning.Trained.Where(p => p.Grad is not null).Sum(p => p.NumElements * 4).ShouldBe(estimate.Gradients);
    }

    [Fact]
    public void Sizes_that_are_known_from_the_configuration_are_those_of_the_model()
    {
        foreach (string tied in (string[])["true", "false"])
        {
            HfConfig config = HfConfig.Parse($$"""
                {"model_type": "qwen2", "vocab_size": 70, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "tie_word_embeddings": {{tied}}}
                """, "test");
            using ICausalLm model = ModelCatalog.CreateRandom(config, 1);
            ModelSizes sizes = ModelCatalog.SizesOf(config);
            sizes.NumParameters.ShouldBe(model.Parameters.Sum(p => p.NumElements));
            sizes.Linears.Select(l => (l.Name, l.In, l.Out, l.HasBias)).ShouldBe(model.Linears.Select(l => (l.Name, l.In, l.Out, l.Bias is not null)));
        }
    }

    [Fact]
    public void Settings_that_save_memory_are_predicted_to()
    {
        long Total(MethodSettings method, int tokens, bool recompute = false, torch.ScalarType weights = torch.ScalarType.Float32) =>
            MemoryEstimator.ForTraining(Config, method, weights, torch.ScalarType.Float32, tokens, recompute).Total;
        var lora = new MethodSettings { Options = new LoraSettings { R = 8 } };
        Total(lora, 512).ShouldBeLessThan(Total(lora, 1024));
        Total(lora, 1024, recompute: true).ShouldBeLessThan(Total(lora, 1024));
        Total(lora, 1024).ShouldBeLessThan(Total(new MethodSettings { Method = "full" }, 1024));
        MemoryEstimator.ForTraining(Config, lora, torch.ScalarType.BFloat16, torch.ScalarType.Float32, 64, false).Weights.ShouldBe(MemoryEstimator.ForTraining(Config, lora, torch.ScalarType.Float32, torch.ScalarType.Float32, 64, false).Weights / 2);
        Should.Throw<InvalidInputException>(() => MemoryEstimator.ForTraining(Config, new MethodSettings { Options = new LoraSettings { TargetModules = ["nothing"] } }, torch.ScalarType.Float32, torch.ScalarType.Float32, 64, false)).Message.ShouldContain("nothing");
    }

    [Fact]
    public void The_optimizers_memory_is_what_its_rule_declares()
    {
        long Of(string method, string optim) => MemoryEstimator.ForTraining(Config, new MethodSettings { Method = method }, torch.ScalarType.Float32, torch.ScalarType.Float32, 64, false,
            optimizer: OptimizerCatalog.Rule(optim, new Dictionary<string, string>())).Optimizer;
        Of("full", "lion_32bit").ShouldBe(Of("full", "adamw_torch") / 2);
        Of("full", "sgd").ShouldBe(0);
        Of("lora", "adafactor").ShouldBeInRange(1, Of("lora", "adamw_torch") / 4);
    }

    [Fact]
    public void The_largest_batch_is_that_of_the_runs_own_order()
    {
        TrainingExample[] rows = [.. new[] { 3, 30, 4, 20, 5 }.Select(n => new TrainingExample(new int[n], [.. Enumerable.Range(0, n).Select(i => i < n / 2 ? -100 : 1)]))];
        (int tokens, int labels, bool varies) = LargestBatch.Of(rows, new TrainingSettings { PerDeviceTrainBatchSize = 2, NumTrainEpochs = 1, DisableShuffling = true });
        tokens.ShouldBe(33);
        varies.ShouldBeTrue();
        labels.ShouldBeInRange(15, 17);
        LargestBatch.Of(rows, new TrainingSettings { PerDeviceTrainBatchSize = 2, NumTrainEpochs = 50 }).Tokens.ShouldBe(50);
    }
}
