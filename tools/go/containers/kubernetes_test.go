package containers

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func TestTheManifestsAreValidAndAgreeWithTheProgram(t *testing.T) {
	t.Parallel()
	c, err := parseManifests(readManifests(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range c.faults(describeProgram(t)) {
		t.Error(fault)
	}
	if n := len(c.pods()); n != 4 {
		t.Errorf("%d kinds of pods checked", n)
	}
}

// describeProgram reads the program's settings, routes and times from its sources.
func describeProgram(t *testing.T) program {
	t.Helper()
	config := read(t, "internal/app/config.go")
	p := program{routes: read(t, "internal/server/routes.go"), usage: read(t, "cmd/areariservata/main.go")}
	for _, m := range regexp.MustCompile(`env:"([A-Z_]+)"`).FindAllStringSubmatch(config, -1) {
		p.settings = append(p.settings, m[1])
	}
	list := regexp.MustCompile(`(?s)var secrets = \[\]string\{(.*?)\}`).FindStringSubmatch(config)
	ending := regexp.MustCompile(`shutdownTimeout += (\d+) \* time\.Second`).FindStringSubmatch(read(t, "internal/app/app.go"))
	if len(p.settings) < 20 || list == nil || ending == nil {
		t.Fatalf("the expressions do not match the program's sources: %d settings, %v, %v", len(p.settings), list, ending)
	}
	for _, m := range regexp.MustCompile(`"([A-Z_]+)"`).FindAllStringSubmatch(list[1], -1) {
		p.secrets = append(p.secrets, m[1])
	}
	p.ending, _ = strconv.ParseInt(ending[1], 10, 64)
	for _, s := range stages(t, read(t, "Dockerfile")) {
		for _, command := range s.Commands {
			if c, ok := command.(*instructions.UserCommand); ok && s.Name == "run" {
				user, _, _ := strings.Cut(c.User, ":")
				p.user, _ = strconv.ParseInt(user, 10, 64)
			}
		}
	}
	return p
}

// faults lists all faults of the manifests.
func (c *cluster) faults(p program) (faults []string) {
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	for _, one := range c.pods() {
		c.podFaults(one, p, func(wrong bool, format string, args ...any) { fault(wrong, one.owner+": "+format, args...) })
	}
	c.siteFaults(p, fault)
	c.networkFaults(fault)
	for _, n := range c.namespaces {
		fault(n.Labels["pod-security.kubernetes.io/enforce"] != "restricted", "the namespace admits more than restricted pods")
	}
	for _, a := range c.accounts {
		fault(a.AutomountServiceAccountToken == nil || *a.AutomountServiceAccountToken, "account %s has a token", a.Name)
	}
	for _, s := range c.secrets {
		for key, value := range s.StringData {
			fault(!strings.HasPrefix(value, "REPLACE"), "the example of secret %s has a value for %s", s.Name, key)
		}
		fault(len(s.Data) > 0, "the example of secret %s has values", s.Name)
	}
	return faults
}

type faultFunc func(wrong bool, format string, args ...any)

// podFaults checks a pod against Kubernetes' standard and against the program's settings, commands, files and user.
func (c *cluster) podFaults(one pod, p program, fault faultFunc) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	fault(err != nil, "%v", err)
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, r := range evaluator.EvaluatePod(restricted, &metav1.ObjectMeta{Labels: one.labels}, &one.spec) {
		fault(!r.Allowed, "not restricted: %s: %s", r.ForbiddenReason, r.ForbiddenDetail)
	}
	fault(one.spec.AutomountServiceAccountToken == nil || *one.spec.AutomountServiceAccountToken, "has a token")
	hasAccount := slices.ContainsFunc(c.accounts, func(a corev1.ServiceAccount) bool {
		return a.Name == one.spec.ServiceAccountName
	})
	fault(!hasAccount, "there is no account %q", one.spec.ServiceAccountName)
	user := one.spec.SecurityContext.RunAsUser
	fault(user == nil || *user != p.user, "does not run as the image's user %d", p.user)
	for _, container := range one.spec.Containers {
		_, tag, _ := strings.Cut(container.Image, ":")
		fault(tag == "" || tag == "latest" || !strings.Contains(container.Image, "/"), "image %s has no registry or no version", container.Image)
		readOnly := container.SecurityContext.ReadOnlyRootFilesystem
		fault(readOnly == nil || !*readOnly, "its root can be written")
		requests, limits := container.Resources.Requests, container.Resources.Limits
		fault(requests.Memory().IsZero() || limits.Memory().IsZero() || requests.Cpu().IsZero(), "has no resource requests or limits")
		usage := "\n  areariservata " + strings.Join(splitCommand(container.Args), " ")
		fault(len(container.Command) > 0 || !strings.Contains(p.usage, usage), "there is no command %v", container.Args)
		for name, value := range c.environment(container) {
			secret, file := strings.CutSuffix(name, "_FILE")
			known := slices.Contains(p.settings, name) || name == "GOMEMLIMIT"
			if file {
				known = slices.Contains(p.secrets, secret)
				fault(!c.mounted(one.spec, container, value), "%s: %s is no file of a mounted secret", name, value)
			}
			fault(!known, "the program has no setting %s", name)
			fault(slices.Contains(p.secrets, name), "%s is a secret and not in a file", name)
		}
	}
}

// splitCommand returns a command's words without its arguments and options.
func splitCommand(args []string) (all []string) {
	for _, a := range args {
		if !strings.HasPrefix(a, "/") && !strings.HasPrefix(a, "-") {
			all = append(all, a)
		}
	}
	return all
}

// environment returns a container's environment variables.
func (c *cluster) environment(container corev1.Container) map[string]string {
	all := map[string]string{}
	for _, from := range container.EnvFrom {
		for _, s := range c.settings {
			if from.ConfigMapRef != nil && from.ConfigMapRef.Name == s.Name {
				for name, value := range s.Data {
					all[name] = value
				}
			}
		}
	}
	for _, e := range container.Env {
		all[e.Name] = e.Value
	}
	return all
}

// mounted reports whether a file comes from a key of a secret in the example.
func (c *cluster) mounted(spec corev1.PodSpec, container corev1.Container, file string) bool {
	for _, m := range container.VolumeMounts {
		key, below := strings.CutPrefix(file, m.MountPath+"/")
		if !below || !m.ReadOnly {
			continue
		}
		for _, v := range spec.Volumes {
			if v.Name != m.Name || v.Secret == nil {
				continue
			}
			return slices.ContainsFunc(c.secrets, func(s corev1.Secret) bool {
				_, exists := s.StringData[key]
				return s.Name == v.Secret.SecretName && exists
			})
		}
	}
	return false
}

// siteFaults checks the site's replicas, settings, probes, shutdown and selectors.
func (c *cluster) siteFaults(p program, fault faultFunc) {
	if len(c.deployments) != 1 {
		fault(true, "%d deployments", len(c.deployments))
		return
	}
	d := c.deployments[0]
	spec, container := d.Spec.Template.Spec, d.Spec.Template.Spec.Containers[0]
	settings := c.environment(container)
	fault(d.Spec.Replicas == nil || *d.Spec.Replicas < 2, "the site has one replica")
	for _, v := range spec.Volumes {
		fault(v.Secret != nil && v.Secret.SecretName == "owner", "the site has the owner's database address")
	}
	for _, name := range []string{
		"BASE_URL", "OIDC_ISSUER", "OIDC_CLIENT_ID", "SMTP_ADDRESS", "MAIL_FROM", "DATABASE_URL_FILE",
		"FISCAL_CODE_FIND_KEY_FILE", "FISCAL_CODE_SEAL_KEY_FILE", "OIDC_CLIENT_SECRET_FILE",
	} {
		fault(settings[name] == "", "%s is not set", name)
	}
	for port, setting := range map[string]string{"http": "LISTEN", "metrics": "METRICS_LISTEN"} {
		_, number, _ := net.SplitHostPort(settings[setting])
		fault(!slices.ContainsFunc(container.Ports, func(at corev1.ContainerPort) bool {
			return at.Name == port && strconv.Itoa(int(at.ContainerPort)) == number
		}), "%s is %s, and there is no such port named %s", setting, settings[setting], port)
	}
	for _, probe := range []*corev1.Probe{container.LivenessProbe, container.ReadinessProbe} {
		if probe == nil || probe.HTTPGet == nil {
			fault(true, "a probe is missing")
			return
		}
		fault(!strings.Contains(p.routes, `r.Get("`+probe.HTTPGet.Path+`"`), "the site has no %s", probe.HTTPGet.Path)
		fault(probe.HTTPGet.Port != intstr.FromString("http"), "%s is probed at port %s", probe.HTTPGet.Path, probe.HTTPGet.Port.String())
	}
	fault(container.LivenessProbe.HTTPGet.Path == container.ReadinessProbe.HTTPGet.Path, "a replica that is not ready would be restarted")
	c.shutdownFaults(p, fault)
	for _, b := range c.budgets {
		fault(!matches(b.Spec.Selector, d.Spec.Template.Labels), "the disruption budget selects other pods")
		fault(b.Spec.MaxUnavailable == nil || b.Spec.MaxUnavailable.IntValue() >= int(*d.Spec.Replicas), "the budget allows all replicas to stop")
	}
	fault(len(c.budgets) != 1, "%d disruption budgets", len(c.budgets))
	for _, s := range spec.TopologySpreadConstraints {
		fault(!matches(s.LabelSelector, d.Spec.Template.Labels), "the spread constraint selects other pods")
	}
	fault(len(spec.TopologySpreadConstraints) == 0, "there is no spread constraint")
	fault(!matches(d.Spec.Selector, d.Spec.Template.Labels), "the deployment does not select its pods")
}

// shutdownFaults checks the times of a shutdown: load balancers must notice it before the replica refuses requests, and it must
// end before the grace period.
func (c *cluster) shutdownFaults(p program, fault faultFunc) {
	spec := c.deployments[0].Spec.Template.Spec
	container := spec.Containers[0]
	drain, err := time.ParseDuration(c.environment(container)["DRAIN_TIME"])
	fault(err != nil, "DRAIN_TIME: %v", err)
	r := container.ReadinessProbe
	noticed := time.Duration(r.PeriodSeconds*max(1, r.FailureThreshold)+r.TimeoutSeconds) * time.Second
	fault(drain <= noticed, "the probe notices a shutdown after %s, and requests are refused after %s", noticed, drain)
	var before time.Duration
	if l := container.Lifecycle; l != nil && l.PreStop != nil && l.PreStop.Sleep != nil {
		before = time.Duration(l.PreStop.Sleep.Seconds) * time.Second
	}
	var grace int64 = 30
	if spec.TerminationGracePeriodSeconds != nil {
		grace = *spec.TerminationGracePeriodSeconds
	}
	needed := before + drain + time.Duration(p.ending)*time.Second + 5*time.Second
	fault(time.Duration(grace)*time.Second < needed, "is killed after %d s, and may need %s", grace, needed)
}

func matches(selector *metav1.LabelSelector, of map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && !s.Empty() && s.Matches(labels.Set(of))
}

// networkFaults checks the policies: all is denied by default, no rule allows everything, and every name exists.
func (c *cluster) networkFaults(fault faultFunc) {
	ports := map[string]bool{}
	for _, one := range c.pods() {
		for _, container := range one.spec.Containers {
			for _, port := range container.Ports {
				ports[port.Name] = true
			}
		}
	}
	for _, s := range c.services {
		selector := labels.SelectorFromSet(s.Spec.Selector)
		hasPod := slices.ContainsFunc(c.pods(), func(one pod) bool { return selector.Matches(labels.Set(one.labels)) })
		fault(!hasPod, "service %s selects no pod", s.Name)
		for _, port := range s.Spec.Ports {
			fault(!ports[port.TargetPort.StrVal], "service %s: there is no target port %s", s.Name, port.TargetPort.String())
		}
	}
	for _, i := range c.ingresses {
		fault(len(i.Spec.TLS) == 0, "ingress %s has no TLS", i.Name)
		for _, rule := range i.Spec.Rules {
			for _, path := range rule.HTTP.Paths {
				to := path.Backend.Service
				isHTTP := func(p corev1.ServicePort) bool { return p.Name == to.Port.Name && p.Name == "http" }
				fault(!slices.ContainsFunc(c.services, func(s corev1.Service) bool {
					return s.Name == to.Name && slices.ContainsFunc(s.Spec.Ports, isHTTP)
				}), "ingress %s leads to %s %s", i.Name, to.Name, to.Port.Name)
			}
		}
	}
	denied := slices.ContainsFunc(c.policies, func(n networkingv1.NetworkPolicy) bool {
		return len(n.Spec.PodSelector.MatchLabels)+len(n.Spec.PodSelector.MatchExpressions) == 0 &&
			len(n.Spec.PolicyTypes) == 2 && len(n.Spec.Ingress)+len(n.Spec.Egress) == 0
	})
	fault(!denied, "no policy denies by default")
	for _, n := range c.policies {
		for _, in := range n.Spec.Ingress {
			fault(len(in.From) == 0 || len(in.Ports) == 0, "policy %s allows all ingress", n.Name)
			for _, port := range in.Ports {
				fault(!ports[port.Port.StrVal], "policy %s: there is no port %s", n.Name, port.Port.String())
			}
		}
		for _, out := range n.Spec.Egress {
			fault(len(out.To) == 0 || len(out.Ports) == 0, "policy %s allows all egress", n.Name)
		}
	}
	for _, one := range c.pods() {
		fault(!slices.ContainsFunc(c.policies, func(n networkingv1.NetworkPolicy) bool {
			return len(n.Spec.Egress) > 0 && matches(&n.Spec.PodSelector, one.labels)
		}), "%s reaches no database", one.owner)
	}
}
