"""Every exercise: its task, its hints and where reinforcement learning uses it.

The texts are ASCII, so that every console can print them.
"""

from .. import gradients, losses, networks, policies, returns, training
from .exercise import Exercise

_ALL = (
    Exercise(
        gradients.cubic_gradient,
        1,
        "The gradient of a cubic",
        "Write `cubic_gradient(x)`: use autograd to compute the derivative of x**3 + 2*x at the "
        "number `x`, and return it as a 0-d tensor. At 3.0 the derivative is 3 * 3**2 + 2 = 29.",
        (
            "Autograd records what you compute from a tensor that requires a gradient. Make such "
            "a tensor, compute y from it, then ask for the gradient.",
            "`torch.tensor(..., requires_grad=True)` makes the tensor. Calling `backward()` on y "
            "fills the tensor's `.grad`.",
            "The tensor, y and the gradient are all 0-d: each holds one number. So `backward()` "
            "needs no argument.",
            "Make the tensor from `x` in the first line, compute y in the second, call "
            "`y.backward()` in the third, and return the tensor's `.grad`.",
        ),
        "Every agent on this site computes the gradients of its losses with autograd.",
        "tutorials/exercises/exercise_1_cubic_gradient",
    ),
    Exercise(
        networks.build_mlp,
        2,
        "Build a network",
        "Write `build_mlp()`: return a network that maps 4 state features to 2 outputs, with one "
        "hidden layer of 64 units, ReLU after the hidden layer, and no activation at the end.",
        (
            "A network with one hidden layer applies a linear layer, an activation and another "
            "linear layer, in this order.",
            "`nn.Linear(inputs, outputs)` is a linear layer and `nn.ReLU()` is the activation. "
            "`nn.Sequential` applies modules one after the other.",
            "For B states the shapes are (B, 4), then (B, 64), again (B, 64), and at the end "
            "(B, 2).",
            "Return one `nn.Sequential(...)` with three modules as its arguments. Each linear "
            "layer takes as many inputs as the layer before it has outputs.",
        ),
        "The agents on this site use networks of this kind, with one or two hidden layers.",
        "tutorials/exercises/exercise_2_mlp",
    ),
    Exercise(
        training.mse_backward,
        2,
        "The gradients of a network",
        "Write `mse_backward(model, states, targets)`: return the mean squared error between the "
        "model's outputs and the targets, and leave each parameter's gradient in its `.grad`. "
        "Change no parameter.",
        (
            "Compute the model's outputs, compare them with the targets by a loss, and let "
            "autograd compute the gradients of that loss.",
            "`F.mse_loss(prediction, targets)` is the mean of the squared differences over all "
            "elements.",
            "The outputs and the targets have the same shape, (B, 2). The loss is 0-d.",
            "Call the model on the states, compute the loss, call `loss.backward()`, and return "
            "the loss. No optimizer is needed.",
        ),
        "The critics of A2C, PPO and SAC and the Q-network of DQN are trained with this loss.",
        "tutorials/exercises/exercise_2_mlp",
    ),
    Exercise(
        policies.epsilon_greedy,
        3,
        "Choose actions with epsilon-greedy",
        "Write `epsilon_greedy(q_values, epsilon)`: with probability `epsilon` return an action "
        "drawn uniformly from all n, otherwise the action with the highest Q-value. Return a "
        "Python `int`.",
        (
            "First decide at random whether to explore. Then choose the action accordingly.",
            "`torch.rand(1).item()` is below `epsilon` with probability `epsilon`. "
            "`torch.randint` draws integers uniformly, and `argmax` finds the index of the "
            "largest value.",
            "`q_values` has shape (n,), so `len(q_values)` is n. `.item()` turns a tensor with one "
            "element into a Python number.",
            "Write an if-statement with two returns. To explore, call `torch.randint` with n as "
            "its upper limit and `(1,)` as its shape.",
        ),
        "DQN collects its experience with this rule, and lowers epsilon during training.",
        "tutorials/exercises/exercise_3_epsilon_greedy",
    ),
    Exercise(
        policies.sample_actions,
        4,
        "Sample from a policy",
        "Write `sample_actions(policy, states)`: turn the policy's logits into probabilities, "
        "draw one action for each state, and return the actions and their log-probabilities.",
        (
            "A softmax over the actions turns logits into probabilities. Draw one action from "
            "each row, then look up the log-probability of each action drawn.",
            "Use `F.softmax`, `torch.multinomial`, `F.log_softmax` and `gather`, in this order.",
            "The logits are (B, A), so softmax and log-softmax take `dim=-1`. Drawing one action "
            "per row gives a tensor of shape (B, 1).",
            "An index of shape (B, 1) is what `gather` needs. Drop the last dimension of the "
            "actions and of their log-probabilities at the end: both must be (B,).",
        ),
        "REINFORCE, A2C and PPO choose their actions with this function.",
        "tutorials/exercises/exercise_4_sample_actions",
    ),
    Exercise(
        training.fit_random_targets,
        5,
        "Write a training loop",
        "Write `fit_random_targets(model, optimizer, steps=100, batch_size=32, log_every=20)`: in "
        "each step draw fresh random states (batch_size, 4) and targets (batch_size, 2), and make "
        "one update on the mean squared error. Every `log_every` steps print the loss and keep it. "
        "Return the list of kept losses.",
        (
            "Each step does the same: draw data, clear the old gradients, compute the loss, "
            "compute the new gradients, update the parameters.",
            "`optimizer.zero_grad()`, `F.mse_loss`, `loss.backward()` and `optimizer.step()` make "
            "one update. `loss.item()` is the loss as a Python float.",
            "States are (batch_size, 4), predictions and targets (batch_size, 2), and the loss is "
            "0-d. The returned list has `steps // log_every` entries.",
            "Count the steps from 1. At the end of a step, print and keep the loss if "
            "`step % log_every == 0`.",
        ),
        "DQN, SAC and the critics of A2C and PPO learn in such a loop, with computed targets.",
        "tutorials/exercises/exercise_5_random_targets",
    ),
    Exercise(
        gradients.sum_gradient,
        6,
        "The gradient of a sum",
        "Write `sum_gradient(x)`: return the gradient of `x.sum()` with respect to each entry of "
        "the 1-D tensor `x`, in a tensor of the same shape.",
        (
            "How much does the sum grow when one entry of `x` grows by a little?",
            "Compute the sum and call `backward()` on it. This fills the `.grad` of every leaf "
            "tensor in the sum that requires a gradient.",
            "The gradient has the shape of `x`, (n,). To add nothing to the caller's gradient, "
            "use a copy that is a new leaf: `detach()`, `clone()` and `requires_grad_()` make one.",
        ),
        "The loss of a batch is a sum or a mean, so its gradient starts with this one.",
        "tutorials/exercises/exercise_6_sum_gradient",
    ),
    Exercise(
        policies.select_log_probs,
        7,
        "The log-probability of an action",
        "Write `select_log_probs(logits, actions)`: return, for each row of the logits, the "
        "log-probability of the action taken in that row. The result has shape (B,).",
        (
            "First turn each row of logits into log-probabilities. Then pick one entry per row.",
            "`F.log_softmax(logits, dim=-1)` gives the log-probabilities. `gather` picks entries "
            "by index along a dimension.",
            "The index of `gather` needs as many dimensions as its input. The input is (B, A), so "
            "the index must be (B, 1). The result is (B, 1), too.",
            "`unsqueeze(-1)` adds a last dimension and `squeeze(-1)` removes it. Add one to the "
            "actions, gather along dimension 1, and remove it from the result.",
        ),
        "The losses of REINFORCE, A2C and PPO contain this log-probability.",
        "tutorials/exercises/exercise_7_select_log_probs",
    ),
    Exercise(
        training.train_with_target,
        8,
        "Train with a target network",
        "Write `train_with_target(q, q_target, optimizer, batches, gamma, sync_every=10)`: for "
        "each batch (states, actions, rewards, next_states, terminated) make one update on the "
        "mean squared error between q(s)[a] and r + gamma * max q_target(s'). After a terminated "
        "step the target is r alone. Copy q into q_target after every `sync_every` steps. Return "
        "the loss of each batch.",
        (
            "Compute the target with the copy and without a gradient. Only the prediction may "
            "carry a gradient.",
            "Put `torch.no_grad()` around the target. `gather` picks the value of the action "
            "taken, and `load_state_dict` copies the parameters.",
            "q(s) is (B, A), and q(s)[a] is (B,). The maximum of q_target(s') over the actions is "
            "(B,), and so is the target. Do not compare (B, 1) with (B,): they broadcast.",
            "The target is `rewards` plus a product of three: `gamma`, the maximum, and "
            "`~terminated`. Count the batches from 1, and copy when `step % sync_every == 0`.",
        ),
        "DQN makes this update; the original one copies its network as here, every 10,000 updates.",
        "tutorials/exercises/exercise_8_target_network",
    ),
    Exercise(
        training.train_step,
        None,
        "One optimizer step",
        "Write `train_step(model, optimizer, batch, targets)`: make one step on the mean squared "
        "error, and return the loss before the update as a Python float.",
        (
            "Clear the old gradients, compute the loss, compute its gradients, update the "
            "parameters.",
            "`optimizer.zero_grad()`, `F.mse_loss`, `loss.backward()`, `optimizer.step()`.",
            "The outputs and the targets have the same shape. The loss is 0-d, and `loss.item()` "
            "is a float.",
            "The loss compares `model(batch)` with `targets`. Compute it before you call "
            "`loss.backward()`.",
        ),
        "A2C and PPO train their critics with this step.",
        "tutorials/worked_examples/example_2_training_step",
    ),
    Exercise(
        losses.policy_loss,
        None,
        "The policy-gradient loss",
        "Write `policy_loss(log_probs, advantages)`: return minus the mean of log-probability "
        "times advantage, with no gradient into the advantages.",
        (
            "Optimizers minimise a loss. To make something large, minimise minus that.",
            "`detach()` makes constants of the advantages, and `mean()` averages over the batch.",
            "Both inputs are (B,), and so is their product. The loss is 0-d.",
            "One line is enough: a product, its mean, a minus sign.",
        ),
        "REINFORCE and the actor of A2C minimise this loss.",
        "tutorials/algorithms/reinforce",
    ),
    Exercise(
        returns.discounted_returns,
        None,
        "Discounted returns",
        "Write `discounted_returns(rewards, gamma)`: return, for each step of one episode, the sum "
        "of the rewards from that step on, where a reward k steps later is multiplied by gamma "
        "k times. The result is a tensor of the default dtype.",
        (
            "The return of a step is its reward plus gamma times the return of the next step.",
            "Loop over the rewards backwards with `reversed`, and keep the return of the step "
            "after in a variable.",
            "T rewards give T returns, shape (T,), in the order of the rewards.",
            "The variable starts at 0. Update it in each pass of the loop and append it to a list. "
            "Reverse the list at the end.",
        ),
        "REINFORCE computes the weights of its log-probabilities from these returns.",
        "tutorials/algorithms/reinforce",
    ),
    Exercise(
        returns.td_target,
        None,
        "The TD target",
        "Write `td_target(rewards, terminated, next_q, gamma)`: return the reward plus gamma times "
        "the highest value of the next state, or the reward alone after a terminated step.",
        (
            "The target is the reward now plus the best value that can follow, if anything "
            "follows.",
            "`next_q.max(dim=-1).values` is the best value. `~terminated` is true where something "
            "follows.",
            "`next_q` is (B, A). Its maximum over the actions is (B,), like `rewards` and "
            "`terminated`.",
            "Add a product of three to the rewards: gamma, the best value, and the mask from "
            "hint 2.",
        ),
        "DQN and SAC compute their targets with it.",
        "tutorials/exercises/exercise_8_target_network",
    ),
    Exercise(
        training.polyak_update,
        None,
        "Update a target network slowly",
        "Write `polyak_update(model, target, tau)`: replace every parameter of `target` by tau "
        "times the same parameter of `model` plus (1 - tau) times its old value, in place. Leave "
        "`model` as it is, and build no graph.",
        (
            "Two networks of one architecture have the same parameters in the same order. Take "
            "them in pairs.",
            "`zip(model.parameters(), target.parameters())` gives the pairs. Under "
            "`torch.no_grad()` a parameter may be changed in place.",
            "In place means that the tensors of `target` themselves change. Methods that end in an "
            "underscore do that; an assignment to a name does not.",
            "Compute the new value of one target parameter from the pair, then write it into the "
            "target parameter with `copy_`.",
        ),
        "The DQN and SAC agents on this site update their target networks with it.",
        "tutorials/algorithms/dqn",
    ),
    Exercise(
        policies.squashed_gaussian_log_prob,
        None,
        "The density of a squashed action",
        "Write `squashed_gaussian_log_prob(pre_tanh, mean, log_std)`: return the log-density of "
        "the action `tanh(pre_tanh)`, where `pre_tanh` is a Gaussian sample, summed over the "
        "components of the action. It must stay finite and right for large samples.",
        (
            "Start with the log-density of the Gaussian sample. A flat part of tanh presses "
            "samples together, which raises the density: subtract the logarithm of the slope.",
            "`torch.distributions.Normal(mean, log_std.exp())` has a `log_prob`. The slope of tanh "
            "at u is `1 - tanh(u)**2`; for a large u it rounds to 0, so do not take its logarithm "
            "directly.",
            "Both parts are (B, d), one entry per component. `sum(dim=-1)` makes (B,).",
            "After `import math`, the logarithm of the slope without that rounding is "
            "`2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))`.",
        ),
        "SAC uses it for its targets, for its policy's loss and for its temperature.",
        "tutorials/algorithms/sac",
    ),
    Exercise(
        returns.gae,
        None,
        "Generalised advantage estimation",
        "Write `gae(rewards, values, next_values, terminated, done, gamma, lam)`: return, for each "
        "step, the sum of the TD errors from that step to the end of its episode, where an error k "
        "steps later is multiplied by (gamma * lam)**k. No value follows a terminated step, and "
        "the sum stops at a done step. All tensors, and the result, have shape (T,), or (T, B) "
        "for B environments.",
        (
            "The advantage of a step is its own TD error plus a share of the advantage of the "
            "next step.",
            "Loop backwards with `reversed(range(len(rewards)))`, keep the sum in a variable, and "
            "collect the results with `torch.stack`.",
            "With (T, B) each step is a row (B,). Multiply by masks such as `~done[t]`: an "
            "if-statement cannot choose for B environments at once.",
            "`following = errors[t] + gamma * lam * following * ~done[t]`, from the last step to "
            "the first.",
        ),
        "The losses of A2C and PPO are weighted with these advantages.",
        "tutorials/algorithms/actor_critic",
    ),
    Exercise(
        losses.clipped_surrogate,
        None,
        "The clipped loss of PPO",
        "Write `clipped_surrogate(log_probs, old_log_probs, advantages, clip)`: return minus the "
        "mean of the smaller of two products, ratio times advantage and clipped ratio times "
        "advantage, with a gradient into `log_probs` alone.",
        (
            "Compute by what factor the probability of each action has changed since it was "
            "taken. Limit that factor, so that the loss stops improving once it is far from 1.",
            "`torch.exp` of a difference of logarithms is the ratio, `clamp` clips it, "
            "`torch.minimum` takes the smaller entries, and `detach()` makes constants.",
            "The three tensors are (B,), and so are ratio, clipped ratio and both products. The "
            "loss is 0-d.",
            "`ratio = torch.exp(log_probs - old_log_probs.detach())`, and "
            "`ratio.clamp(1 - clip, 1 + clip)`.",
        ),
        "The actor of PPO minimises this loss.",
        "tutorials/algorithms/ppo",
    ),
)

EXERCISES = {exercise.name: exercise for exercise in _ALL}
