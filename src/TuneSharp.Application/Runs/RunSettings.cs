using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Settings;

namespace TuneSharp.Application.Runs;

/// <summary>What concerns the run itself and not what it computes.</summary>
public sealed record RunSettings
{
    [Setting("Name of the run: letters, digits, - and _. Nothing = a name made from date, time and method.", "运行名称：字母、数字、- 和 _；不填则由日期、时间和方法生成。", Example = "summaries-1")]
    public string? RunName { get; init; }

    [Setting("Processor threads for the arithmetic. Nothing = one for each core. Another number can change the last bits of the result.", "计算线程数；不填则每个核心一个。线程数不同，结果的末位可能不同。",
        Unit = "threads", Minimum = 1, Maximum = 1024, Example = "2")]
    public int? Threads { get; init; }

    [Setting("Refuse a run that is expected to need more memory than is free, and name a setting that helps. false starts it anyway.", "若预计所需内存超过可用内存则拒绝运行，并给出可行的设置。false 表示仍然启动。", Example = "true")]
    public bool CheckMemory { get; init; } = true;

    /// <exception cref="InvalidInputException">Names the key, its value and what to do.</exception>
    public void Validate()
    {
        SettingRange.Check(this);
        if (RunName is not null) SafeName.Check(RunName, "run_name");
    }
}
