using TuneSharp.Application.Measuring;
using TuneSharp.Data;

namespace TuneSharp.Application.Tests.Measuring;

public class TrainedFormTests
{
    private static readonly DataSettings Trained = new() { System = "Be brief.", PromptFormat = "Sum up: {talk}", AnswerColumn = "summary", Template = "alpaca" };

    [Fact]
    public void What_is_left_open_comes_from_the_run()
    {
        (DataSettings data, IReadOnlyList<string> keys) = TrainedForm.Fill(new DataSettings { Dataset = "rows.csv" }, Trained);
        data.ShouldBe(new DataSettings { Dataset = "rows.csv", System = "Be brief.", PromptFormat = "Sum up: {talk}", AnswerColumn = "summary", Template = "alpaca" });
        keys.ShouldBe(["system", "template", "prompt_format"]);
    }

    [Fact]
    public void What_is_said_wins()
    {
        var said = new DataSettings { System = "", Format = "messages", Template = "qwen" };
        (DataSettings data, IReadOnlyList<string> keys) = TrainedForm.Fill(said, Trained);
        data.ShouldBe(said);
        keys.ShouldBeEmpty();
    }

    [Fact]
    public void A_run_without_a_form_of_its_own_changes_nothing() =>
        TrainedForm.Fill(new DataSettings { Dataset = "rows.jsonl" }, new DataSettings { Dataset = "train.jsonl", MaxLength = 5 }).Keys.ShouldBeEmpty();
}
