using TuneSharp.Data;
using TuneSharp.Models;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests;

/// <summary>A run of the recipe in a folder of its own, with everything that it reported.</summary>
internal sealed class TrainRun : IDisposable
{
    private readonly bool _ownsFolder;

    public TrainRun(string? folder = null)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("tunesharp-train-").FullName;
    }

    public string Folder { get; }

    public string Checkpoints => Path.Combine(Folder, "checkpoints");

    public string Result => Path.Combine(Folder, "result");

    public List<TrainEvent> Events { get; } = [];

    public IEnumerable<StepCompleted> Steps => Events.OfType<StepCompleted>();

    public static MethodSettings Lora { get; } = With(lora => lora);

    /// <summary>LoRA with something else.</summary>
    public static MethodSettings With(Func<LoraSettings, LoraSettings> change) =>
        new() { Options = change(new LoraSettings { R = 4, TargetModules = ["q_proj", "v_proj", "down_proj"], LoraDropout = 0.2 }) };

    public static MethodSettings Full { get; } = new() { Method = "full" };

    public Finished Run(MethodSettings method, TrainingSettings settings, TrainingExample[] train, TrainingExample[]? validation = null, string? resumeFrom = null, Func<RunRequest>? poll = null, ICausalLm? model = null)
    {
        ICausalLm own = model ?? TinyModel.Create();
        try
        {
            SftOutcome outcome = SftRecipe.Run(new SftRequest
            {
                Model = own,
                BaseModel = "tiny",
                Method = method,
                Training = settings,
                Train = train,
                Validation = validation ?? [],
                CheckpointsFolder = Checkpoints,
                ResultFolder = Result,
                ResumeFrom = resumeFrom,
                Report = Events.Add,
                Poll = poll ?? (() => RunRequest.None),
            });
            outcome.Method.Dispose();
            return outcome.Finished;
        }
        finally
        {
            if (model is null) own.Dispose();
        }
    }

    public void Dispose()
    {
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}
