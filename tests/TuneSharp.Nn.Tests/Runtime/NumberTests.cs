using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn.Tests.Runtime;

public sealed class NumberTests
{
    /// <summary>With a number that is converted within the call (<c>x.add_(y, 3)</c>) about one call in 6,000 goes wrong here.</summary>
    [Fact]
    public void Numbers_outlive_the_native_call_while_others_collect_garbage()
    {
        using Tensor x = zeros(4), y = ones(4);
        bool stop = false;
        Thread[] collectors = [.. Enumerable.Range(0, 2).Select(_ => new Thread(Collect))];
        foreach (Thread thread in collectors) thread.Start();
        int wrong = 0;
        for (int i = 1; i <= 50_000; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            x.zero_().add_(y, Number.Of(i)).sub_(y);
            if (x[0].item<float>() != i - 1) wrong++;
        }
        Volatile.Write(ref stop, true);
        foreach (Thread thread in collectors) thread.Join();
        wrong.ShouldBe(0);

        void Collect()
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        }
    }

    [Fact]
    public void Recent_numbers_are_all_alive_at_once()
    {
        Scalar[] numbers = [.. Enumerable.Range(0, 60).Select(i => Number.Of(i + 0.5))];
        numbers.Select(number => number.ToDouble()).ShouldBe(Enumerable.Range(0, 60).Select(i => i + 0.5));
    }
}
