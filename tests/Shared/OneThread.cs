using TorchSharp;
using TuneSharp.Nn.Runtime;

[assembly: AssemblyFixture(typeof(TuneSharp.Tests.Shared.OneThread))]

namespace TuneSharp.Tests.Shared;

/// <summary>Tiny operators gain nothing from a second thread, and on a busy machine wait for it.</summary>
public sealed class OneThread
{
    public OneThread()
    {
        // A child process of a test may be meant not to find the runtime.
        if (Environment.GetEnvironmentVariable("TUNESHARP_TEST_CHILD") is not null) return;
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
