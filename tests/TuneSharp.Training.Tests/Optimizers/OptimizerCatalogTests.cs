using TuneSharp.Formats;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Optimizers;

/// <summary>Names and arguments of a recipe, right and wrong.</summary>
public sealed class OptimizerCatalogTests
{
    [Theory]
    [InlineData("adamw", null, "AdamRule { Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1E-08, Amsgrad = False, Maximize = False, Decoupled = True }")]
    [InlineData("paged_adamw_32bit", "beta1=0.8, amsgrad=true", "AdamRule { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1E-08, Amsgrad = True, Maximize = False, Decoupled = True }")]
    [InlineData("lion", null, "LionRule { Maximize = False, Beta1 = 0.9, Beta2 = 0.95 }")]
    public void Names_and_arguments_make_a_rule(string optim, string? arguments, string rule) =>
        OptimizerCatalog.Rule(new TrainingSettings { Optim = optim, OptimArgs = arguments, AdamBeta2 = 0.95 }).ToString().ShouldBe(rule);

    [Theory]
    [InlineData("adamww", null, "There is no optimizer `adamww`", "adamw_torch")]
    [InlineData("galore_adamw", null, "does not have it", "adafactor")]
    [InlineData("sgd", "momentum", "`momentum`, which is no `name=value`", "momentum=0.9")]
    [InlineData("sgd", "momentum=0.9,momentum=0.8", "`momentum` twice", "Remove")]
    [InlineData("sgd", "momentum=high", "`high`, not a number", "Change momentum")]
    [InlineData("sgd", "momentum=-1", "at least 0", "Change momentum")]
    [InlineData("sgd", "nesterov=true", "needs a momentum", "Change nesterov")]
    [InlineData("sgd", "nesterov=perhaps", "true or false", "Change nesterov")]
    [InlineData("sgd", "rho=0.9", "dampening, maximize, momentum, nesterov", "Remove rho")]
    [InlineData("rmsprop", "alpha=1", "below 1", "Change alpha")]
    [InlineData("adafactor", "warmup_init=true", "needs relative_step", "Change warmup_init")]
    [InlineData("muon", "adjust_lr_fn=mine", "original, match_rms_adamw", "Change adjust_lr_fn")]
    [InlineData("muon", "ns_steps=2.5", "not a whole number", "Change ns_steps")]
    public void Wrong_names_and_arguments_are_refused_with_what_would_be_right(string optim, string? arguments, string what, string nextStep)
    {
        var e = Should.Throw<InvalidInputException>(() => new TrainingSettings { Optim = optim, OptimArgs = arguments }.Validate());
        e.Message.ShouldContain(what);
        e.Message.ShouldContain(nextStep);
    }

    [Fact]
    public void The_readme_tells_of_every_optimizer()
    {
        string readme = File.ReadAllText(Path.Combine(Repository(), "src", "TuneSharp.Training", "Optimizers", "README.md"));
        OptimizerCatalog.Names.Where(name => !readme.Contains($"`{name}`", StringComparison.Ordinal)).ShouldBeEmpty();

        static string Repository()
        {
            string? folder = AppContext.BaseDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "TuneSharp.slnx"))) folder = Path.GetDirectoryName(folder);
            return folder ?? throw new InvalidOperationException("The test does not run inside a clone.");
        }
    }

    [Fact]
    public void A_setting_that_the_optimizer_does_not_use_is_an_error_when_it_was_changed()
    {
        new TrainingSettings { Optim = "sgd" }.Validate();
        new TrainingSettings { Optim = "lion_32bit", AdamBeta2 = 0.99 }.Validate();
        Should.Throw<InvalidInputException>(() => new TrainingSettings { Optim = "sgd", AdamBeta2 = 0.95 }.Validate()).Message.ShouldContain("sgd does not use `adam_beta2`, which is 0.95");
        Should.Throw<InvalidInputException>(() => new TrainingSettings { Optim = "lion_32bit", AdamEpsilon = 1e-6 }.Validate()).Message.ShouldContain("adam_epsilon");
        Should.Throw<InvalidInputException>(() => new TrainingSettings { LoraplusLrEmbedding = 1e-3 }.Validate()).Message.ShouldContain("loraplus_lr_ratio");
        Should.Throw<InvalidInputException>(() => new TrainingSettings { GradNormType = "3" }.Validate()).Message.ShouldContain("1, 2 or inf");
    }
}
