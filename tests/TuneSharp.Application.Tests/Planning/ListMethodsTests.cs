using TuneSharp.Application.Planning;
using TuneSharp.Application.Tests.EmbeddedModel;
using TuneSharp.Models;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;

namespace TuneSharp.Application.Tests.Planning;

public sealed class ListMethodsTests
{
    [Fact]
    public void Every_method_of_the_catalog_says_what_it_is_and_when_to_use_it()
    {
        MethodTable table = ListMethods.Execute(null);
        table.Methods.Select(method => method.Name).ShouldBe(PeftCatalog.Entries.Select(entry => entry.Name));
        foreach (MethodOnModel method in table.Methods)
        {
            foreach (string text in (string[])[method.Description, method.DescriptionChinese, method.When, method.WhenChinese]) text.ShouldNotBeNullOrWhiteSpace(method.Name);
            // A Llama has no biases, and which rows of the vocabulary are meant must be said.
            if (method.Name is "bitfit" or "trainable_tokens") method.NumTrained.ShouldBeNull(method.Name);
            if (method.NumTrained is null) continue;
            method.TrainedShare!.Value.ShouldBeInRange(0, 1, method.Name);
            method.RelativeSpeed!.Value.ShouldBeInRange(1, 3.001, method.Name);
            method.MemoryBytes!.Value.ShouldBeGreaterThan(2 * table.NumParameters, method.Name);
        }
        table.Methods.Count(method => method.NumTrained is null).ShouldBeLessThanOrEqualTo(2);
        table.Methods.Single(method => method.Name == "full").TrainedShare.ShouldBe(1);
    }

    [Fact]
    public void What_the_table_counts_is_what_would_be_trained()
    {
        using ICausalLm model = ModelCatalog.Load(Repository.Model);
        foreach (MethodOnModel told in ListMethods.Execute(Repository.Model).Methods)
        {
            var settings = new MethodSettings { Method = told.Name };
            TuningMethodEntry entry = PeftCatalog.Find(told.Name);
            if (told.NumTrained is null) continue;
            using ITuningMethod method = entry.Create(new MethodRequest(settings.EffectiveOptions, model.Tunable, 1, null));
            // Partial freezing is told without the small vectors of the layers' norms.
            double trained = method.Trained.Sum(parameter => parameter.NumElements);
            trained.ShouldBeInRange(told.NumTrained.Value, told.NumTrained.Value * (told.Name == "freeze" ? 1.01 : 1), told.Name);
        }
    }
}
