using TorchSharp;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Tests.Support;

/// <summary>Gradients of whole models against central differences of the loss in float64.</summary>
internal static class Differences
{
    /// <summary>Trains every parameter and compares each one's gradient along one direction.</summary>
    public static void Check(IModel model, Func<Tape, Var> loss)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Parameter parameter in model.Parameters) parameter.Trained = true;
        using var workspace = new Workspace(ScalarType.Float64);
        var tape = new Tape(workspace);
        tape.Backward(loss(tape));
        tape.Dispose();
        tape.NumForgotten.ShouldBe(0);
        workspace.NumRented.ShouldBe(0);
        using var off = no_grad();
        foreach ((int i, Parameter parameter) in model.Parameters.Index())
        {
            // Along the gradient, where the loss changes most, and a random direction. Weights are float32: the step is what really changed.
            using var generator = new Generator((ulong)i);
            Tensor kept = parameter.Value.clone(), grad = parameter.Grad!.to(ScalarType.Float32);
            Tensor direction = grad / (grad.norm() + 1e-20) * Math.Sqrt(parameter.NumElements) + torch.empty(parameter.Value.shape).normal_(0, 1, generator);
            double up = Moved(1e-5, out Tensor upper), down = Moved(-1e-5, out Tensor lower);
            double analytic = (parameter.Grad!.to(ScalarType.Float64) * (upper - lower)).sum().item<double>();
            parameter.Value.copy_(kept);
            (up - down).ShouldBe(analytic, 1e-3 * Math.Abs(analytic) + 5e-9, parameter.Name);

            double Moved(double step, out Tensor at)
            {
                parameter.Value.copy_(kept + direction * step);
                at = parameter.Value.to(ScalarType.Float64);
                using var t = new Tape(workspace, recording: false);
                return TinyModels.Numbers(loss(t).Data)[0];
            }
        }
    }
}
