using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft.Combining;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Contract;

/// <summary>What every tuning method of the catalog promises, on a decoder and on a classifier.</summary>
public sealed class MethodContractTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-contract-").FullName;

    public MethodContractTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string, string> All()
    {
        var all = new TheoryData<string, string>();
        foreach (TuningMethodEntry entry in PeftCatalog.Entries)
        {
            all.Add(entry.Name, "decoder");
            all.Add(entry.Name, "classifier");
        }

        return all;
    }

    /// <summary>Methods whose result is an adapter.</summary>
    public static TheoryData<string, string> Adapters() => Where(entry => entry.Load is not null);

    public static TheoryData<string, string> Mergeable() => Where(entry => entry.CanMerge);

    [Theory]
    [MemberData(nameof(All))]
    public void Untrained_TheModelComputesWhatItDid_UnlessTheMethodIsKnownToChangeIt(string method, string kind)
    {
        using ContractModel model = ContractModel.Create(kind);
        double[] before = model.Output();
        using ITuningMethod tuning = ContractCase.Create(method, model.Tunable);
        if (ContractCase.StartsNeutral(method)) Difference(model.Output(), before).ShouldBeLessThan(1e-12);
        else Difference(model.Output(), before).ShouldBeGreaterThan(1e-4);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Step_OnlyItsParametersGetGradients_AndEveryOneOfThemDoes(string method, string kind)
    {
        using ContractModel model = ContractModel.Create(kind);
        using ITuningMethod tuning = ContractCase.Create(method, model.Tunable);
        ContractCase.Randomise(tuning);
        model.Step(tuning.Trained);
        tuning.Trained.Select(parameter => parameter.Name).ShouldBeUnique();
        foreach (Parameter parameter in tuning.Trained)
        {
            parameter.Grad.ShouldNotBeNull(parameter.Name);
            parameter.Grad.abs().max().to(ScalarType.Float64).item<double>().ShouldBeGreaterThan(0, parameter.Name);
        }

        model.Tunable.Parameters.Except(tuning.Trained).Where(parameter => parameter.Grad is not null).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Gradients_AgainstCentralDifferences_Agree(string method, string kind)
    {
        using ContractModel model = ContractModel.Create(kind);
        using ITuningMethod tuning = ContractCase.Create(method, model.Tunable);
        ContractCase.Randomise(tuning);
        model.Step(tuning.Trained);
        // First, last and some in between, each at its steepest element.
        int every = Math.Max(1, tuning.Trained.Count / 5);
        foreach (Parameter parameter in tuning.Trained.Where((_, i) => i % every == 0).Append(tuning.Trained[^1]))
        {
            long steepest = parameter.Grad!.abs().view(-1).argmax().item<long>();
            double found = parameter.Grad!.view(-1)[steepest].to(ScalarType.Float64).item<double>();
            double expected = CentralDifference(model, parameter, steepest);
            Math.Abs(found - expected).ShouldBeLessThan(1e-6 + 1e-4 * Math.Abs(expected), $"{parameter.Name}: {found} instead of {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void SavedAndLoaded_GivesTheSameBits_AndDetachedTheBase(string method, string kind)
    {
        using ContractModel model = ContractModel.Create(kind);
        double[] before = model.Output(), tuned;
        using (ITuningMethod tuning = ContractCase.Create(method, model.Tunable))
        {
            ContractCase.Randomise(tuning);
            tuned = model.Output();
            Difference(tuned, before).ShouldBeGreaterThan(1e-6);
            tuning.ToAdapter()!.Write(_folder);
        }

        model.Output().ShouldBe(before, "disposing takes the adapter off");
        using ITuningMethod loaded = PeftCatalog.LoadAdapter(_folder, model.Tunable);
        loaded.Name.ShouldBe(method);
        model.Output().ShouldBe(tuned);
        loaded.Detach();
        model.Output().ShouldBe(before);
        loaded.Attach();
        model.Output().ShouldBe(tuned);

        string again = Path.Combine(_folder, "again");
        loaded.ToAdapter()!.Write(again);
        foreach (string file in Directory.GetFiles(again)) File.ReadAllBytes(file).ShouldBe(File.ReadAllBytes(Path.Combine(_folder, Path.GetFileName(file))), file);
    }

    [Theory]
    [MemberData(nameof(Mergeable))]
    public void Merged_ComputesTheSame_AndUnmergedIsTheBase(string method, string kind)
    {
        using ContractModel model = ContractModel.Create(kind);
        double[] before = model.Output();
        using ITuningMethod tuning = ContractCase.Create(method, model.Tunable);
        ContractCase.Randomise(tuning);
        double[] tuned = model.Output();
        using (MergedAdapters merged = MergedAdapters.Merge([tuning]))
        {
            tuning.Attached.ShouldBeFalse();
            Difference(model.Output(), tuned).ShouldBeLessThan(2e-5, "the sums are rounded to float32 once");
            merged.Unmerge();
        }

        model.Output().ShouldBe(tuned);
        tuning.Detach();
        model.Output().ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void Loaded_OnAnotherModel_IsRefusedByName(string method, string kind)
    {
        using (ContractModel model = ContractModel.Create(kind))
        using (ITuningMethod tuning = ContractCase.Create(method, model.Tunable)) tuning.ToAdapter()!.Write(_folder);
        using ContractModel other = ContractModel.Create(kind, width: 24);
        double[] before = other.Output();
        InvalidInputException e = Should.Throw<InvalidInputException>(() => PeftCatalog.LoadAdapter(_folder, other.Tunable));
        (e.Message.Contains("small-base", StringComparison.Ordinal) || e.Message.Contains("expected [", StringComparison.Ordinal)).ShouldBeTrue(e.Message);
        other.Output().ShouldBe(before, "nothing is left on a model that refused an adapter");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Steps_MakeTheLossSmaller(string method, string kind)
    {
        using ContractModel model = ContractModel.Create(kind);
        using ITuningMethod tuning = ContractCase.Create(method, model.Tunable);
        double first = model.Loss();
        using var off = no_grad();
        for (int step = 0; step < 12; step++)
        {
            model.Step(tuning.Trained);
            foreach (Parameter parameter in tuning.Trained)
            {
                using Tensor change = parameter.Grad!.to(ScalarType.Float32).mul_(-0.005f);
                parameter.Value.add_(change);
            }
        }

        model.Loss().ShouldBeLessThan(first);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TheoryData<string, string> Where(Func<TuningMethodEntry, bool> choose)
    {
        var all = new TheoryData<string, string>();
        foreach (TuningMethodEntry entry in PeftCatalog.Entries.Where(choose))
        {
            all.Add(entry.Name, "decoder");
            all.Add(entry.Name, "classifier");
        }

        return all;
    }

    /// <summary>The loss's slope in one element; the step that float32 stored is the one that counts.</summary>
    private static double CentralDifference(ContractModel model, Parameter parameter, long element)
    {
        using var off = no_grad();
        using Tensor flat = parameter.Value.view(-1);
        float value = flat[element].item<float>();
        (double above, float high) = LossAt(value + 1e-3f);
        (double below, float low) = LossAt(value - 1e-3f);
        flat[element] = tensor(value);
        return (above - below) / ((double)high - low);

        (double, float) LossAt(float at)
        {
            flat[element] = tensor(at);
            return (model.Loss(), at);
        }
    }

    private static double Difference(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
}
