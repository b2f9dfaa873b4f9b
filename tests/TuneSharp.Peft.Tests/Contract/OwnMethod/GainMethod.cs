using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Tests.Contract.OwnMethod;

/// <summary>Third of the three files of a method: y = g ∘ (W x + b) with a trained g for every output of some modules.</summary>
public sealed class GainMethod : ITuningMethod
{
    private readonly GainConfig _config;
    private readonly Gain[] _gains;

    public static TuningMethodEntry Entry { get; } = new()
    {
        Name = "gain",
        PeftType = GainConfig.PeftType,
        Description = "A gain for every output.",
        Chinese = "每个输出一个增益。",
        NewOptions = () => new GainSettings(),
        Create = request => new GainMethod(new GainConfig(request.BaseModel, ((GainSettings)request.Options).GainModules), request.Model),
        Load = (folder, model) =>
        {
            var method = new GainMethod(GainConfig.FromJson(folder.Fields), model);
            method.Read(folder);
            return method;
        },
        ReadOptions = folder => new GainSettings { GainModules = GainConfig.FromJson(folder.Fields).Modules },
        Footprint = (options, sizes) => new MethodFootprint([.. sizes.Linears.Where(linear => Fits(linear.Name, ((GainSettings)options).GainModules)).Select(linear => (long[])[linear.Out])]),
    };

    private GainMethod(GainConfig config, TunableModel model)
    {
        _config = config;
        _gains = [.. model.Linears.Where(linear => Fits(linear.Name, config.Modules)).Select(linear => new Gain(linear))];
        if (_gains.Length == 0) throw new InvalidInputException("`gain_modules` fits nothing.", null, "Name other modules.");
        Trained = [.. _gains.Select(gain => gain.Factors)];
        Attach();
    }

    public string Name => "gain";

    public IReadOnlyList<Parameter> Trained { get; }

    public bool Attached { get; private set; }

    public void Attach()
    {
        if (Attached) return;
        foreach (Gain gain in _gains) gain.Linear.Adapters.Add(gain);
        Attached = true;
    }

    public void Detach()
    {
        foreach (Gain gain in _gains) gain.Linear.Adapters.Remove(gain);
        Attached = false;
    }

    public AdapterContents? ToAdapter() => new(_config.ToJson(), [.. Trained.Select(parameter => StoredTensor.ToWrite(parameter.Name, parameter.Value))]);

    public void Read(AdapterFolder folder)
    {
        try
        {
            foreach (Parameter parameter in Trained) StoredTensor.Read(folder.Weights, folder.Weights.Require(parameter.Name), parameter.Value);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Detach();
        foreach (Parameter parameter in Trained) parameter.Dispose();
    }

    private static bool Fits(string module, IReadOnlyList<string> names) => names.Any(name => module.EndsWith("." + name, StringComparison.Ordinal));

    private sealed class Gain(Linear linear) : ILinearAdapter
    {
        public Linear Linear => linear;

        public Parameter Factors { get; } = new(linear.Name + ".gain", ones(linear.Out));

        public bool Trained => Factors.Trained;

        public Var After(Tape t, Linear linear, Var x, Var y) => t.ScaleColumns(y, Factors);
    }
}
